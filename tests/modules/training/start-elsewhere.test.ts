import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRng } from '../../../src/base/rng';
import { readAdapterDirectory } from '../../../src/ml/lora/adapter-directory';
import { termFeatures } from '../../../src/ml/lora/terms';
import { wordScorer } from '../../../src/ml/lora/words';
import { readRankerDirectory, type LoadedRanker } from '../../../src/ml/serve/ranker-directory';
import type { Choice } from '../../../src/modules/training/choices';
import { startElsewhere, type StartElsewhere } from '../../../src/modules/training/start-elsewhere';
import { rankerBase } from '../../ml/lora/adapters';
import { CTR } from '../../ml/serve/model-directories';
import { turnsDuring } from '../../support/turns-during';

let ranker: LoadedRanker;
let base: Awaited<ReturnType<typeof rankerBase>>;
const root = mkdtempSync(join(tmpdir(), 'adloom-elsewhere-'));
beforeAll(async () => {
  [ranker, base] = await Promise.all([readRankerDirectory(CTR), rankerBase(CTR)]);
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** Copy in which "early" sells, before ever other people. */
const log = (seed: number, end: string): Choice[] => {
  const rng = createRng(seed);
  return Array.from({ length: 2_000 }, (_, i) => {
    const text = `${['Leave', 'Start', 'Pack', 'Plan'][i % 4]} ${rng.next() < 0.5 ? 'early' : 'late'} ${end}`;
    return { profile: `person ${i}`, text, clicked: rng.next() < (text.includes('early') ? 0.3 : 0.1) };
  });
};
const start = (logs: readonly Choice[][], name: string, logits: StartElsewhere['logits'] = (choices) => Promise.resolve(choices.map(() => 0))): Promise<string | undefined> =>
  startElsewhere(logs, { directory: join(root, name), ranker, base: { hash: base.hash, name: 'ctr' }, logits });

it('is what logs of other copy say together, and the base is asked about no more of them than tells what it says of each text', async () => {
  const asked: number[] = [];
  const directory = await start([log(1, 'now'), log(2, 'today')], 'together', (choices) => {
    asked.push(choices.length);
    return Promise.resolve(choices.map((_, i) => i % 2));
  });
  expect(asked).toEqual([160, 160]);
  const { words } = await readAdapterDirectory(directory!, base);
  const said = (text: string): number => wordScorer(words!)(termFeatures(text));
  expect(said('Go early')).toBeGreaterThan(said('Go late') + 0.5);
  expect(Math.abs(said('today'))).toBeLessThan(Math.abs(said('early')) / 2);
});

it('is nothing where no log has both clicks and misses, and nothing is written', async () => {
  expect(await start([log(1, 'now').map((choice) => ({ ...choice, clicked: true })), []], 'silent')).toBeUndefined();
  expect(existsSync(join(root, 'silent'))).toBe(false);
});

it('lets others have their turn while it goes through long logs', async () => {
  const long = Array.from({ length: 10 }, (_, i) => log(i, 'now')).flat();
  const untilAsked = (): Promise<void> =>
    new Promise((resolve) => {
      void start([long], 'long', (choices) => {
        resolve();
        return Promise.resolve(choices.map(() => 0));
      });
    });
  expect(await turnsDuring(untilAsked)).toBeGreaterThanOrEqual(10);
});
