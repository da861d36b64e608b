import { isAdloomError } from '../../base/errors';
import type { CopyFormat } from '../../domain/copy/format';
import { graphemeCount } from '../../domain/copy/graphemes';
import type { Campaign } from '../../domain/entities/campaign';
import type { GenerationJob } from '../../domain/entities/generation-job';
import type { Profile } from '../../domain/entities/profile';
import { checkCopy, guardContextOf, isBlocked } from '../../domain/guard/check-copy';
import type { Copy, GuardContext, GuardFinding } from '../../domain/guard/guard';
import { similarity } from '../../domain/guard/similarity';
import { profileText } from '../../domain/profile/profile-text';
import { logit } from '../../ml/bandit/policy/offset';
import type { Dependencies } from '../dependencies';
import { classifierFor } from '../models/classifier-for';
import { copyFacts, writtenVertical } from './copy-facts';
import { guardKnowledge } from './guard-knowledge';
import { selectDiverse, type Candidate } from './select-diverse';
import { writeCopy, type WrittenPiece } from './write-copy';

type Needs = Pick<Dependencies, 'scorer' | 'generator' | 'logger' | 'liveModels'>;

export interface ComposeInput {
  readonly campaign: Campaign;
  readonly profile: Profile | null;
  readonly interests: readonly string[];
  readonly options: GenerationJob['options'];
  readonly count: number;
  readonly seed: number;
  /** Copy that the campaign already has. */
  readonly existing: readonly Copy[];
  readonly signal?: AbortSignal;
}

export interface Composed extends Candidate, Copy {
  readonly findings: readonly GuardFinding[];
  readonly pieces: { readonly headline: WrittenPiece; readonly body: WrittenPiece | null; readonly callToAction: WrittenPiece | null };
}

export interface Composition {
  readonly creatives: readonly Composed[];
  readonly rejected: ReadonlyMap<string, number>;
}

/** Headlines written per creative that is wanted: what the classifier has to choose from. */
const OVERSAMPLE = 5;
/** A body that repeats its headline wastes the reader's time. */
const BODY_ECHO = 0.3;
/** Shortest body that says something beside a disclaimer. */
const LEAST_BODY = 28;
/**
 * Weight of fluency beside the click, both logarithms: it settles what the classifier leaves open. At 1 it drowned what was learnt of a
 * vertical: copy chosen so by adapters of simulated logs was clicked at 5.0 of 100, at 0.2 at 6.4, and what they did not choose at 4.6.
 */
const FLUENCY = 0.2;

/** Writes, guards, joins, ranks and chooses: the best `count` different creatives that the writer can give for these interests. */
export async function composeCreatives(deps: Needs, input: ComposeInput): Promise<Composition> {
  const { campaign } = input;
  const knowledge = await guardKnowledge(deps.generator.identity.directory);
  const rejected = new Map<string, number>();
  const candidates: Composed[] = [];
  const interests: readonly (string | null)[] = input.interests.length > 0 ? input.interests : [null];
  const perInterest = Math.ceil((input.count * OVERSAMPLE) / interests.length) + 1;
  for (const [turn, interest] of interests.entries()) {
    const context = guardContextOf(campaign, { strict: true, interest, existing: input.existing, ...knowledge });
    const parts = await writeParts(deps, input, context, { interest, turn, headlines: perInterest }, rejected);
    for (const candidate of joinParts(parts, campaign, context)) {
      if (isBlocked(candidate.findings)) rejected.set(candidate.findings[0]!.rule, (rejected.get(candidate.findings[0]!.rule) ?? 0) + 1);
      else candidates.push(candidate);
    }
  }
  return { creatives: selectDiverse(await withMerit(deps, input, candidates), input.count), rejected };
}

interface Parts {
  readonly headlines: readonly WrittenPiece[];
  readonly bodies: readonly WrittenPiece[];
  readonly calls: readonly WrittenPiece[];
}

async function writeParts(
  deps: Needs,
  input: ComposeInput,
  context: GuardContext,
  order: { interest: string | null; turn: number; headlines: number },
  rejected: Map<string, number>,
): Promise<Parts> {
  const { campaign, options } = input;
  const disclaimer = campaign.voice.requiredDisclaimer;
  const bodyLimit = context.limits.BODY - (disclaimer === null ? 0 : graphemeCount(disclaimer) + 1);
  const write = async (format: CopyFormat, count: number, salt: number, limit = context.limits[format]): Promise<readonly WrittenPiece[]> => {
    const copy = await writeCopy(
      deps.generator,
      {
        format,
        vertical: writtenVertical(campaign.vertical),
        tone: options.tone ?? campaign.voice.tone,
        interest: order.interest,
        facts: copyFacts(campaign.product, order.interest, order.turn + salt + input.seed),
        count,
        seed: (input.seed + order.turn * 104_729 + salt * 1_299_709) >>> 0,
        ...(options.temperature === null ? {} : { temperature: options.temperature }),
        guard: { ...context, limits: { ...context.limits, [format]: limit } },
      },
      input.signal,
    );
    for (const [rule, times] of copy.rejected) rejected.set(rule, (rejected.get(rule) ?? 0) + times);
    return copy.pieces;
  };
  return {
    headlines: await write('HEADLINE', order.headlines, 0),
    bodies: options.withBody && bodyLimit >= LEAST_BODY ? await write('BODY', Math.ceil(order.headlines / 3) + 2, 1, bodyLimit) : [],
    calls: options.withCallToAction ? await write('CALL_TO_ACTION', Math.min(6, order.headlines), 2) : [],
  };
}

/** Each headline with two bodies that do not echo it, and a call to action in turn. */
function joinParts({ headlines, bodies, calls }: Parts, campaign: Campaign, context: GuardContext): Composed[] {
  const disclaimer = campaign.voice.requiredDisclaimer;
  return headlines.flatMap((headline, index) => {
    const fitting = bodies.filter((body) => similarity(body.text, headline.text) < BODY_ECHO);
    const own = fitting.length === 0 ? [null] : [fitting[index % fitting.length]!, fitting[(index + 1) % fitting.length]!].slice(0, fitting.length);
    return own.map((body, second) => {
      const callToAction = calls.length === 0 ? null : calls[(index + second) % calls.length]!;
      const copy: Copy = {
        headline: headline.text,
        body: [body?.text, disclaimer].filter((part) => part != null && part !== '').join(' ') || null,
        callToAction: callToAction?.text ?? null,
      };
      return { ...copy, findings: checkCopy(copy, context), pieces: { headline, body, callToAction }, merit: headline.logProbability + (body?.logProbability ?? 0) };
    });
  });
}

/**
 * Log-odds of a click before this person, by the classifier that serves the vertical, and fluency; fluency alone where none serves. So what
 * was learnt of a vertical's copy chooses its new copy too.
 */
async function withMerit(deps: Needs, { campaign, profile, signal }: ComposeInput, candidates: readonly Composed[]): Promise<Composed[]> {
  if (candidates.length === 0) return [];
  const prefix = profile === null ? '' : profileText(profile, { vertical: campaign.vertical });
  const texts = candidates.map(({ headline, body }) => (body === null ? headline : `${headline} ${body}`));
  try {
    const { scores } = await deps.scorer.score({ prefix, texts, adapter: classifierFor(deps, campaign.vertical)?.adapter }, { signal, priority: 'background' });
    return candidates.map((candidate, index) => ({ ...candidate, merit: logit(scores[index]!.probability) + FLUENCY * fluency(candidate) }));
  } catch (error) {
    if (!isAdloomError(error) || error.code !== 'MODEL_UNAVAILABLE') throw error;
    deps.logger.warn('no classifier serves: copy is chosen by fluency alone');
    return [...candidates];
  }
}

/** Mean log-probabilities of headline and body: a clumsy body spoils the best headline. */
function fluency({ pieces }: Composed): number {
  return pieces.headline.logProbability + (pieces.body?.logProbability ?? 0);
}
