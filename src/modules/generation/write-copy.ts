import { fillSlots, type SlotFacts } from '../../domain/copy/fill';
import type { CopyFormat } from '../../domain/copy/format';
import { graphemeCount } from '../../domain/copy/graphemes';
import { writerPrompt } from '../../domain/copy/prompt';
import { isSlot } from '../../domain/copy/slots';
import { checkPieces, isBlocked } from '../../domain/guard/check-copy';
import type { GuardContext, Piece } from '../../domain/guard/guard';
import { jaccard, NEAR_DUPLICATE, shingles } from '../../domain/guard/similarity';
import { MOST_GENERATIONS, type Generation, type Generator } from '../../ml/serve/types';

/** One order to the writer: so many different pieces of one format, for one interest. */
export interface CopyBrief {
  readonly format: CopyFormat;
  /** As the writer knows it: `ecommerce`. */
  readonly vertical: string;
  readonly tone: string;
  readonly interest: string | null;
  readonly facts: SlotFacts;
  readonly count: number;
  readonly seed: number;
  readonly temperature?: number;
  /** Strict for generated copy; its limits bound the piece. */
  readonly guard: GuardContext;
  /** Texts that go beside it: none is written again. */
  readonly beside?: readonly string[];
}

export interface WrittenPiece {
  readonly text: string;
  /** Slots unfilled, as the model wrote it. */
  readonly template: string;
  readonly prompt: string;
  readonly seed: number;
  readonly logProbability: number;
  readonly interest: string | null;
}

export interface WrittenCopy {
  readonly pieces: readonly WrittenPiece[];
  /** Generations turned away, by the rule that did it. */
  readonly rejected: ReadonlyMap<string, number>;
}

const FIELDS: Readonly<Record<CopyFormat, Piece['field']>> = { HEADLINE: 'headline', BODY: 'body', CALL_TO_ACTION: 'callToAction' };
const ROUNDS = 4;
/** Pieces written per piece that is wanted: the most fluent are kept, and a small model needs the choice. */
const OVERSAMPLE: Readonly<Record<CopyFormat, number>> = { HEADLINE: 4, BODY: 6, CALL_TO_ACTION: 4 };
/** Cooler than the model was trained: fewer surprises, more whole sentences; the longer the text, the more it matters. */
const TEMPERATURES: Readonly<Record<CopyFormat, number>> = { HEADLINE: 0.7, BODY: 0.5, CALL_TO_ACTION: 0.6 };
/** A slot whose fact leaves less than this many characters for words is of no use. */
const ROOM_FOR_WORDS = 6;

/**
 * Oversamples from the writer, fills the slots, and keeps what the guard lets pass and what is not nearly the same as another.
 * Comes back with fewer than asked when the writer has no more to say; the most fluent first.
 */
export async function writeCopy(generator: Generator, brief: CopyBrief, signal?: AbortSignal): Promise<WrittenCopy> {
  const limit = brief.guard.limits[brief.format];
  const placeholders = Object.fromEntries(Object.entries(brief.facts).filter(([, fact]) => graphemeCount(fact) <= limit - ROOM_FOR_WORDS));
  const prompt = writerPrompt({
    vertical: brief.vertical,
    format: brief.format,
    tone: brief.tone,
    interests: brief.interest === null ? [] : [brief.interest],
    slots: Object.keys(placeholders).filter(isSlot),
  });
  const kept: { piece: WrittenPiece; shingles: Set<string> }[] = [];
  const beside = (brief.beside ?? []).map(shingles);
  const rejected = new Map<string, number>();
  const verdicts = new Map<string, string | null>();
  for (let round = 0; round < ROUNDS && kept.length < brief.count; round++) {
    const seed = (brief.seed + round * 7919) >>> 0;
    const { generations } = await generator.generate(
      {
        prompt,
        count: Math.min(MOST_GENERATIONS, Math.ceil((brief.count - kept.length) * OVERSAMPLE[brief.format]) + 4),
        seed,
        maxTokens: brief.format === 'BODY' ? 48 : 24,
        temperature: brief.temperature ?? TEMPERATURES[brief.format],
        maxGraphemes: limit,
        placeholders,
        bannedWords: brief.guard.bannedWords,
        allowDigits: false,
      },
      { signal },
    );
    for (const generation of generations) {
      const reason = keep(generation, seed);
      if (reason !== null) rejected.set(reason, (rejected.get(reason) ?? 0) + 1);
    }
  }
  const pieces = kept.map(({ piece }) => piece).toSorted((a, b) => b.logProbability - a.logProbability);
  return { pieces: pieces.slice(0, brief.count), rejected };

  /** Null when kept, else the rule that turned it away. A writer repeats itself: what was judged once is judged so again. */
  function keep(generation: Generation, seed: number): string | null {
    if (!generation.complete) return 'incomplete';
    const template = generation.text.replace(/\s+/g, ' ').trim();
    const known = verdicts.get(template);
    if (known !== undefined) return known ?? 'near-duplicates';
    const verdict = judge(template, generation, seed);
    verdicts.set(template, verdict);
    return verdict;
  }

  function judge(template: string, { logProbability }: Generation, seed: number): string | null {
    const filled = fillSlots(template, brief.facts);
    if (!filled.ok) return 'unfilled-slots';
    const findings = checkPieces([{ field: FIELDS[brief.format], format: brief.format, text: filled.text, template }], { ...brief.guard, requiredDisclaimer: null });
    if (isBlocked(findings)) return findings[0]!.rule;
    const own = shingles(filled.text);
    if ([...beside, ...kept.map((other) => other.shingles)].some((other) => jaccard(own, other) >= NEAR_DUPLICATE)) return 'near-duplicates';
    kept.push({ piece: { text: filled.text, template, prompt, seed, logProbability, interest: brief.interest }, shingles: own });
    return null;
  }
}
