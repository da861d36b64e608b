/** What serving makes of an adapter: its own vertical by it, the others beside it in the same call, by the base. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Adapter } from '../../../ml/lora/adapter';
import { writeAdapterDirectory } from '../../../ml/lora/adapter-directory';
import { baseHash } from '../../../ml/lora/base-hash';
import type { AdaptableScorer } from '../../../ml/serve/adapter-types';
import type { LoadedRanker } from '../../../ml/serve/ranker-directory';
import type { WorldVertical } from '../world/world';
import { expectedAuc } from './expected-auc';
import type { Judged, VerticalLog } from './vertical-log';

export type BaseLogits = (item: { readonly profile: string; readonly text: string }) => number;

export interface ServingCheck {
  readonly vertical: WorldVertical;
  /** Expected per-person AUC of the vertical's people that were asked about: before and with its adapter. */
  readonly before: number;
  readonly after: number;
  /** AUC that each other vertical lost while this one's adapter served beside it. */
  readonly lost: Readonly<Partial<Record<WorldVertical, number>>>;
}

/** People of each vertical that serving is asked about. */
const PEOPLE = 20;

export async function checkServing(
  scorer: AdaptableScorer,
  { ranker, log, logs, adapter, logits }: { ranker: LoadedRanker; log: VerticalLog; logs: readonly VerticalLog[]; adapter: Adapter; logits: BaseLogits },
): Promise<ServingCheck> {
  const directory = await mkdtemp(path.join(tmpdir(), 'adloom-transfer-'));
  try {
    await writeAdapterDirectory(directory, adapter, { base: { hash: baseHash(ranker.weights), name: 'ranker' }, dropout: 0 });
    const { id } = await scorer.loadAdapter(directory);
    const asked = logs.flatMap(({ vertical, judged }) => judged.filter(({ person }) => person < PEOPLE).map((item) => ({ vertical, item })));
    const scores = await scorer.scoreMany(asked.map(({ vertical, item }) => ({ prefix: item.profile, text: item.text, ...(vertical === log.vertical ? { adapter: id } : {}) })));
    const served = new Map(asked.map(({ item }, i) => [item, scores[i]!.logit]));
    const of = (vertical: WorldVertical): Judged[] => asked.filter((each) => each.vertical === vertical).map(({ item }) => item);
    const change = (vertical: WorldVertical): [before: number, after: number] => [expectedAuc(of(vertical), logits).mean, expectedAuc(of(vertical), (item) => served.get(item)!).mean];
    const [before, after] = change(log.vertical);
    const lost = logs.filter(({ vertical }) => vertical !== log.vertical).map(({ vertical }) => {
      const [base, beside] = change(vertical);
      return [vertical, base - beside] as const;
    });
    await scorer.unloadAdapter(id);
    return { vertical: log.vertical, before, after, lost: Object.fromEntries(lost) };
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
