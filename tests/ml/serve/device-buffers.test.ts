import { DeviceBuffers } from '../../../src/ml/serve/device-buffers';

const feeds = (cells: number, columns = 64): Parameters<DeviceBuffers['takes']>[0] => ({
  ids: { dtype: 'int32', dims: [1, cells / 8, 8], data: new Int32Array(cells) },
  columns: { dtype: 'int32', dims: [columns], data: new Int32Array(columns) },
});

describe('what a device keeps between runs', () => {
  it('grows with each shape of a run, and not with a shape that was seen', () => {
    // Room for two: 800 cells of 4 channels leave 64 numbers of 4 bytes for each.
    const buffers = new DeviceBuffers(4, 2 * 800 * 4 * 64 * 4);
    expect([buffers.takes(feeds(800)), buffers.takes(feeds(800)), buffers.takes(feeds(800, 128)), buffers.takes(feeds(800)), buffers.takes(feeds(808))]).toEqual([true, true, true, true, false]);
  });

  it('is one shape at least, however large', () => {
    const buffers = new DeviceBuffers(768, 1);
    expect([buffers.takes(feeds(8_000)), buffers.takes(feeds(8_000)), buffers.takes(feeds(8))]).toEqual([true, true, false]);
  });
});
