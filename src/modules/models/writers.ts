import { AdloomError, messageOf, notFound } from '../../base/errors';
import type { Logger } from '../../base/logger';
import type { ModelVersion } from '../../domain/entities/model-version';
import type { Generator } from '../../ml/serve/types';
import type { Store } from '../../store/store';

export interface ServingWriter {
  readonly modelVersionId: string;
  readonly generator: Generator;
}

/** The writers of this process: the live one, and others beside it for whoever names them. */
export interface Writers {
  /**
   * Has a writer work; null is the live one. It stays open to the end of the work, whatever goes live meanwhile.
   * @throws NOT_FOUND, MODEL_UNAVAILABLE, MODEL_INVALID
   */
  use<T>(modelVersionId: string | null, work: (writer: ServingWriter) => Promise<T>): Promise<T>;
  /** Switches to the version that the store has LIVE. One that cannot be opened leaves its place to the configured writer. */
  refresh(): Promise<void>;
  close(): Promise<void>;
}

export interface WritersOptions {
  readonly store: Pick<Store, 'modelVersions'>;
  readonly logger: Logger;
  readonly advertiserId: string;
  /** The configured writer, which others are tuned from; whoever opened it closes it. */
  readonly base: Generator;
  /** Its row; null where no writer serves. */
  readonly baseVersionId: string | null;
  readonly open: (directory: string) => Promise<Generator>;
  /** How many stay open beside the configured one. */
  readonly most?: number;
}

interface Open {
  readonly generator: Promise<Generator>;
  users: number;
}

/** Old and new copy by arm need two at a time; a third is room for the next candidate. */
const MOST_OPEN = 3;

export function createWriters({ store, logger, advertiserId, base, baseVersionId, open, most = MOST_OPEN }: WritersOptions): Writers {
  /** Least recently used first. */
  const pool = new Map<string, Open>();
  let liveId = baseVersionId;

  const openVersion = async ({ name, directory, contentHash }: ModelVersion): Promise<Generator> => {
    const generator = await open(directory);
    if (generator.identity.id === contentHash) return generator;
    await generator.close();
    throw new AdloomError('MODEL_INVALID', `The files of the writer ${name} are not those that were judged: they are ${generator.identity.id}, and should be ${contentHash}.`, { hint: 'Put its files back, or train it again.' });
  };

  const trim = (): void => {
    for (const [id, { generator, users }] of pool) {
      if (pool.size <= most) return;
      if (users > 0 || id === liveId) continue;
      pool.delete(id);
      void generator.then((opened) => opened.close()).catch(() => undefined);
    }
  };

  /** With one user more, at once: what is in the pool without users may be closed. */
  const taken = async (id: string): Promise<Open> => {
    const known = pool.get(id);
    if (known) {
      pool.delete(id);
      pool.set(id, known);
      known.users++;
      return known;
    }
    const [version] = await store.modelVersions.byIds(advertiserId, [id]);
    if (version?.kind !== 'WRITER') throw notFound('writer');
    // Another may have asked for the same one meanwhile.
    const opened = pool.get(id) ?? { generator: openVersion(version), users: 0 };
    pool.set(id, opened);
    opened.users++;
    opened.generator.catch(() => pool.delete(id));
    return opened;
  };

  const use: Writers['use'] = async (asked, work) => {
    const id = asked ?? liveId;
    if (id === null) throw new AdloomError('MODEL_UNAVAILABLE', 'No writer model is loaded.', { hint: 'The log of the start says why the model directory could not be opened.' });
    if (id === baseVersionId) return work({ modelVersionId: id, generator: base });
    const entry = await taken(id);
    try {
      return await work({ modelVersionId: id, generator: await entry.generator });
    } finally {
      entry.users--;
      trim();
    }
  };

  return {
    use,
    async refresh() {
      const [version] = await store.modelVersions.list(advertiserId, { kinds: ['WRITER'], stages: ['LIVE'] });
      const wanted = version?.id ?? baseVersionId;
      try {
        // Opened before it is asked for, so that no request waits for it.
        if (wanted !== null) await use(wanted, () => Promise.resolve());
        liveId = wanted;
      } catch (error) {
        liveId = baseVersionId;
        logger.warn('the live writer cannot be opened; the configured one writes in its place', { modelVersion: wanted, error: messageOf(error) });
      }
      trim();
    },
    async close() {
      const open = [...pool.values()];
      pool.clear();
      await Promise.all(open.map(({ generator }) => generator.then((opened) => opened.close()).catch(() => undefined)));
    },
  };
}
