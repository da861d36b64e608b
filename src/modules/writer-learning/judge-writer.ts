/** What a writer gives for prompts it was not tuned on, and whether that may follow on what another gives. */
import type { SlotFacts } from '../../domain/copy/fill';
import { normaliseLine } from '../../domain/copy/text-fold';
import type { Verdict } from '../../domain/entities/training-run';
import type { GuardContext } from '../../domain/guard/guard';
import { checkPieces, isBlocked } from '../../domain/guard/check-copy';
import { length } from '../../domain/guard/rules/length';
import { unknownNames } from '../../domain/guard/rules/unknown-names';
import { unknownNumbers } from '../../domain/guard/rules/unknown-numbers';
import type { Generator } from '../../ml/serve/types';
import { guardKnowledge } from '../generation/guard-knowledge';
import { writeCopy } from '../generation/write-copy';

/** One thing to write headlines for. */
export interface JudgingBrief {
  readonly vertical: string;
  readonly tone: string;
  readonly interest: string | null;
  readonly facts: SlotFacts;
  /** Of the campaign; what the guard knows of the writer is added. */
  readonly guard: GuardContext;
}

export interface WriterFigures {
  readonly headlines: number;
  readonly overLimit: number;
  readonly foreignNumbers: number;
  readonly foreignNames: number;
  /** Share of the headlines that no other says. */
  readonly distinct: number;
  /** Share of what the writer wrote that the guard turned away as text learnt by heart: of the base's reading, or of the winners. */
  readonly memorised: number;
  /** Share of the headlines that are lines of the corpus, word for word. */
  readonly corpusLines: number;
  /** Mean log-probability per token. */
  readonly fluency: number;
}

export interface JudgedWriting {
  readonly figures: WriterFigures;
  readonly headlines: readonly { readonly text: string; readonly template: string }[];
}

/** Has the writer write `count` headlines in all, shared among the briefs, from one seed. */
export async function judgeWriter(generator: Generator, briefs: readonly JudgingBrief[], order: { count: number; seed: number }, signal?: AbortSignal): Promise<JudgedWriting> {
  const knowledge = await guardKnowledge(generator.identity.directory);
  const headlines: { text: string; template: string; logProbability: number; brief: JudgingBrief }[] = [];
  let [byHeart, written] = [0, 0];
  for (const [i, brief] of briefs.entries()) {
    const count = Math.ceil((order.count - headlines.length) / (briefs.length - i));
    if (count <= 0) continue;
    const copy = await writeCopy(generator, { ...brief, format: 'HEADLINE', count, seed: order.seed + i * 104_729, guard: { ...brief.guard, ...knowledge, strict: true } }, signal);
    headlines.push(...copy.pieces.map(({ text, template, logProbability }) => ({ text, template, logProbability, brief })));
    byHeart += copy.rejected.get('memorised-text') ?? 0;
    written += copy.pieces.length + [...copy.rejected.values()].reduce((sum, times) => sum + times, 0);
  }
  const breaking = (rule: typeof length): number =>
    headlines.filter(({ text, brief }) => isBlocked(checkPieces([{ field: 'headline', format: 'HEADLINE', text }], { ...brief.guard, ...knowledge, strict: true }, [rule]))).length;
  const total = Math.max(1, headlines.length);
  return {
    headlines,
    figures: {
      headlines: headlines.length,
      overLimit: breaking(length), foreignNumbers: breaking(unknownNumbers), foreignNames: breaking(unknownNames),
      distinct: new Set(headlines.map(({ text }) => normaliseLine(text))).size / total,
      memorised: byHeart / Math.max(1, written),
      corpusLines: headlines.filter(({ template }) => knowledge.corpusLines?.has(normaliseLine(template))).length / total,
      fluency: headlines.reduce((sum, { logProbability }) => sum + logProbability, 0) / total,
    },
  };
}

/** How much fewer distinct headlines, of all, a tuned writer may give. */
const LESS_DISTINCT = 0.05;
/** Share of the headlines of the writer before that a tuned one must still give. */
const STILL_GIVES = 0.9;
/** More than this known by heart, and the writer repeats its winners rather than learn from them. */
const MOST_MEMORISED = 0.5;

/** What must hold before a tuned writer becomes a candidate. */
export function compareWriters(before: WriterFigures, after: WriterFigures): Verdict[] {
  const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
  const least = Math.ceil(STILL_GIVES * before.headlines);
  const none = (name: string, count: number): Verdict => ({ name, passed: count === 0, required: 'no headline', came: String(count) });
  return [
    none('length', after.overLimit),
    none('unknown-numbers', after.foreignNumbers),
    none('unknown-names', after.foreignNames),
    { name: 'yield', passed: after.headlines >= least, required: `at least ${least} headlines past the guard`, came: String(after.headlines) },
    { name: 'distinct', passed: after.distinct >= before.distinct - LESS_DISTINCT, required: `at least ${percent(before.distinct - LESS_DISTINCT)}`, came: percent(after.distinct) },
    { name: 'memorised', passed: after.memorised <= MOST_MEMORISED, required: `at most ${percent(MOST_MEMORISED)} turned away as learnt by heart`, came: percent(after.memorised) },
  ];
}
