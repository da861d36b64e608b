import { createRng } from '../../../src/base/rng';
import { rowFeeds } from '../../../src/ml/gpt2/device-rows';
import { DeviceBuffers } from '../../../src/ml/serve/device-buffers';

const CONFIG = { vocabulary: 100, positions: 256, channels: 256, layers: 4, heads: 4, inner: 1024, layerNormEpsilon: 1e-5 };
const tokens = (n: number): number[] => Array<number>(n).fill(1);
const run = (prefix: number, ...texts: number[]): Parameters<DeviceBuffers['takes']>[0] => rowFeeds([{ prefix: tokens(prefix), texts: texts.map(tokens) }], CONFIG);

describe('what a device keeps between runs', () => {
  const MiB = 1024 ** 2;

  it('grows with each size of a run, and not with a size that was seen', () => {
    const buffers = new DeviceBuffers(256, 40 * MiB);
    const [two, three, many] = [run(10, 5), run(10, 100, 100), run(10, ...Array<number>(20).fill(100))];
    expect([two, two, run(12, 7), three, two, many].map((feeds) => buffers.takes(feeds))).toEqual([true, true, true, true, true, false]);
  });

  it('is one run at least, however large', () => {
    const buffers = new DeviceBuffers(256, 1);
    expect([buffers.takes(run(10, 5)), buffers.takes(run(10, 5)), buffers.takes(run(10, 100, 100))]).toEqual([true, true, false]);
  });

  it('stays within 4 GiB for the shipped classifier, whatever it is asked: no session is opened anew', () => {
    const rng = createRng(4);
    const buffers = new DeviceBuffers(CONFIG.channels, 4096 * MiB);
    for (let i = 0; i < 3_000; i++) {
      const texts = Array.from({ length: 1 + rng.int(100) }, () => 8 + rng.int(24));
      expect(buffers.takes(run(1 + rng.int(180), ...texts))).toBe(true);
    }
  });
});
