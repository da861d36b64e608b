import type { Generator } from '../../../src/ml/serve/types';
import { registerModel } from '../../../src/modules/models/register-model';
import { createWriters, type Writers } from '../../../src/modules/models/writers';
import { silentLogger } from '../../../src/base/logger';
import { testDependencies, type TestDependencies } from '../../support/dependencies';
import { openTestStore } from '../../support/embedded-store';
import { aModelVersion } from '../../support/entities';
import { lineGenerator } from '../../support/word-models';

/** Writers that tell who wrote and whether they are open. */
class Shelf {
  readonly open = new Set<string>();
  readonly opened: string[] = [];

  writer(id: string): Generator {
    this.open.add(id);
    return {
      ...lineGenerator(),
      identity: { ...lineGenerator().identity, id, name: id, directory: id },
      close: () => {
        this.open.delete(id);
        return Promise.resolve();
      },
    };
  }

  read = (directory: string): Promise<Generator> => {
    this.opened.push(directory);
    return directory === 'broken' ? Promise.reject(new Error('no weights')) : Promise.resolve(this.writer(directory));
  };
}

let opened: Awaited<ReturnType<typeof openTestStore>>;
beforeAll(async () => {
  opened = await openTestStore();
});
afterAll(() => opened.discard());
let test: TestDependencies;
let shelf: Shelf;
let writers: Writers;
let baseVersionId: string;
/** One store; an advertiser of its own for each test. */
beforeEach(async () => {
  test = await testDependencies({ store: opened.store });
  shelf = new Shelf();
  const base = shelf.writer('base');
  baseVersionId = await registerModel(test.deps, base.identity);
  writers = createWriters({ store: test.deps.store, logger: silentLogger, advertiserId: test.deps.advertiserId, base, baseVersionId, open: shelf.read, most: 2 });
});
afterEach(async () => {
  await writers.close();
  await test.discard();
});

async function version(contentHash: string, directory = contentHash, base = 'base'): Promise<string> {
  const { id } = await test.deps.store.modelVersions.register({ ...aModelVersion(test.deps.advertiserId), kind: 'WRITER', vertical: null, contentHash, directory, base, stage: 'CANDIDATE' });
  return id;
}
const who = (id: string | null): Promise<string> => writers.use(id, ({ generator }) => Promise.resolve(generator.identity.id));
const promote = async (id: string): Promise<void> => {
  await test.deps.store.modelVersions.setStage(test.deps.advertiserId, id, 'LIVE');
  await writers.refresh();
};

describe('the writers of a process', () => {
  it('write side by side, each where it is asked for by name', async () => {
    const candidate = await version('tuned');
    expect(await Promise.all([who(null), who(candidate), who(baseVersionId)])).toEqual(['base', 'tuned', 'base']);
    expect(shelf.opened).toEqual(['tuned']);
  });

  it('switch without a restart, and what was begun ends with the writer that began it', async () => {
    const [first, second] = [await version('first'), await version('second')];
    await promote(first);
    let finish!: () => void;
    const begun = writers.use(null, async ({ generator }) => {
      await new Promise<void>((resolve) => (finish = resolve));
      return [generator.identity.id, shelf.open.has('first')];
    });
    await promote(second);
    expect(await who(null)).toBe('second');
    await Promise.all([who(await version('third')), who(await version('fourth'))]);
    finish();
    expect(await begun).toEqual(['first', true]);
  });

  it('stay open in a bounded number, the live one always', async () => {
    await promote(await version('live'));
    for (const name of ['a', 'b', 'c', 'd']) expect(await who(await version(name))).toBe(name);
    expect([...shelf.open].toSorted()).toEqual(['base', 'd', 'live']);
  });

  it('are not closed under whoever begins with them, at whichever moment another lets its own go', async () => {
    const held = async (id: string): Promise<() => void> => {
      let [begun, letGo] = [(): void => undefined, (): void => undefined];
      const begins = new Promise<void>((resolve) => (begun = resolve));
      void writers.use(id, () => {
        begun();
        return new Promise<void>((resolve) => (letGo = resolve));
      });
      await begins;
      return letGo;
    };
    for (let turns = 0; turns < 10; turns++) {
      const [busy, next, late] = [await version(`busy ${turns}`), await version(`next ${turns}`), await version(`late ${turns}`)];
      const holds = [await held(busy), await held(busy)];
      await who(next);
      holds.push(await held(late));
      holds[0]!();
      for (let turn = 0; turn < turns; turn++) await Promise.resolve();
      expect([turns, await writers.use(next, () => Promise.resolve(shelf.open.has(`next ${turns}`)))]).toEqual([turns, true]);
      for (const letGo of holds) letGo();
    }
  });

  it('are opened once, however many ask at the same time', async () => {
    const candidate = await version('tuned');
    await Promise.all([who(candidate), who(candidate), who(candidate)]);
    expect(shelf.opened).toEqual(['tuned']);
  });

  it('leave their place to the configured one where they cannot be opened', async () => {
    await promote(await version('lost', 'broken'));
    expect(await who(null)).toBe('base');
  });

  it('refuse what is no writer, and files that are not those that were judged', async () => {
    const changed = await version('judged', 'changed since');
    await expect(who(changed)).rejects.toMatchObject({ code: 'MODEL_INVALID' });
    expect(shelf.open.has('changed since')).toBe(false);
    await expect(who('018f0000-0000-7000-8000-000000000000')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});

describe('the configured writer', () => {
  const stages = async (): Promise<Record<string, string>> => Object.fromEntries((await test.deps.store.modelVersions.list(test.deps.advertiserId, { kinds: ['WRITER'] })).map(({ contentHash, stage }) => [contentHash, stage]));

  it('does not take its place back at a start from one that was tuned from it and promoted', async () => {
    await promote(await version('once'));
    await promote(await version('twice', 'twice', 'once'));
    await registerModel(test.deps, shelf.writer('base').identity);
    expect(await stages()).toEqual({ base: 'RETIRED', once: 'RETIRED', twice: 'LIVE' });
  });

  it('goes live where the live one was tuned from another', async () => {
    await promote(await version('once'));
    await registerModel(test.deps, shelf.writer('another').identity);
    expect(await stages()).toEqual({ base: 'RETIRED', once: 'RETIRED', another: 'LIVE' });
  });
});
