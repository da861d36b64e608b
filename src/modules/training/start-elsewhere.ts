import { existsSync } from 'node:fs';
import path from 'node:path';
import { inTurns } from '../../base/in-turns';
import { createRng } from '../../base/rng';
import { newAdapter } from '../../ml/lora/adapter';
import { writeAdapterDirectory } from '../../ml/lora/adapter-directory';
import { loraSites } from '../../ml/lora/sites';
import type { LoadedRanker } from '../../ml/serve/ranker-directory';
import { NO_LAYERS } from './adapter-recipe';
import { curvesOf } from './choice-curves';
import { hasBothOutcomes, type Choice } from './choices';
import { learnWordsApart } from './words-thread';

export interface StartElsewhere {
  /** Where the start is written. */
  readonly directory: string;
  readonly ranker: LoadedRanker;
  readonly base: { readonly hash: string; readonly name: string };
  /** Raw log-odds by the base. */
  logits(choices: readonly Choice[]): Promise<number[]>;
  readonly signal?: AbortSignal;
}

/** Choices of each text that the base is asked about: how one profile's match differs from another's averages out. */
const ASKED = 20;

/**
 * Writes the adapter that a log's words begin at: what logs of other copy, one of each vertical, say together of words. What one log says of
 * its own copy goes into all of its words; only beside others does it show which of them people mean (../../ml/train/LOG.md).
 * Written once: a run that resumes begins where it began.
 * @returns `directory`; undefined where nothing can be begun at
 */
export async function startElsewhere(elsewhere: readonly (readonly Choice[])[], { directory, ranker, base, logits, signal }: StartElsewhere): Promise<string | undefined> {
  if (existsSync(path.join(directory, 'adapter_config.json'))) return directory;
  const telling = elsewhere.filter(hasBothOutcomes);
  if (telling.length === 0) return undefined;
  const logs = [];
  for (const choices of telling) logs.push({ choices, base: await meanLogits(choices, logits) });
  const { words } = await learnWordsApart({ logs, curves: curvesOf(ranker.calibration), forOtherCopy: true }, signal);
  const nothing = newAdapter(loraSites(NO_LAYERS, ranker.shape.body!), createRng(0));
  await writeAdapterDirectory(directory, { ...nothing, words }, { base, dropout: 0 });
  return directory;
}

/** What the base says of each choice's text, with a profile and without one apart: the mean of a few. */
async function meanLogits(choices: readonly Choice[], logits: StartElsewhere['logits']): Promise<number[]> {
  const asked = new Map<string, Choice[]>();
  const askedFor: (readonly Choice[])[] = [];
  for await (const slice of inTurns(choices)) {
    for (const choice of slice) {
      const key = `${choice.profile === '' ? 'nobody' : 'somebody'}\n${choice.text}`;
      const some = asked.get(key) ?? [];
      if (some.length === 0) asked.set(key, some);
      if (some.length < ASKED) some.push(choice);
      askedFor.push(some);
    }
  }
  const said = await logits([...asked.values()].flat());
  const means = new Map<readonly Choice[], number>();
  let at = 0;
  for (const some of asked.values()) {
    means.set(some, said.slice(at, at + some.length).reduce((sum, value) => sum + value, 0) / some.length);
    at += some.length;
  }
  return askedFor.map((some) => means.get(some)!);
}
