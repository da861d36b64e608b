import type { Campaign } from '../../domain/entities/campaign';
import type { Creative } from '../../domain/entities/creative';
import type { Money } from '../../domain/entities/money';
import type { Outcome, OutcomeKind } from '../../domain/entities/outcome';
import type { Queries } from '../../store/store';
import type { Message } from '../bus';
import type { Dependencies } from '../dependencies';
import { checkInteger, checkMoney } from '../input/amounts';
import { Checker } from '../input/problems';
import { checkText } from '../input/text';
import { checkOccurredAt, refuseLongBatch } from '../profiles/check-events';
import { countDecided, outcomeIdOf, OWN_IDS } from './count-decided';
import { lastMoment, momentOf } from './outcome-time';
import { resolveOutcomes, type ResolvedOutcome } from './resolve-outcomes';

export const MOST_OUTCOMES = 1_000;

/** Names what was shown by exactly one of token, decision and creative. */
export interface OutcomeInput {
  /** The caller's id of the outcome; without one, a decision has one outcome of each kind. */
  readonly outcomeId?: string | null;
  /** As `decide` gave it. */
  readonly token?: string | null;
  readonly decisionId?: string | null;
  /** For what was not decided here. */
  readonly creativeId?: string | null;
  /** The caller's id of the person, when known; a decision knows its own. */
  readonly profileExternalId?: string | null;
  /** Absent only with a token. */
  readonly kind?: OutcomeKind | null;
  /** How many it stands for; 1 when absent, and always of a decision. */
  readonly count?: number | null;
  readonly value?: Money | null;
  readonly occurredAt?: Date | null;
}

export interface RecordOutcomes {
  readonly outcomes: readonly OutcomeInput[];
  readonly validateOnly?: boolean;
}

export interface LateOutcome {
  /** Place in the batch. */
  readonly index: number;
  readonly kind: OutcomeKind;
  /** The last moment at which it would have counted. */
  readonly lastMoment: Date;
}

export interface RecordedOutcomes {
  readonly recorded: number;
  readonly replayed: number;
  /** Told of in good order, but they happened after their window: they count nowhere. */
  readonly late: readonly LateOutcome[];
  /** Those that were new, and impressions that clicks made. */
  readonly outcomes: readonly Outcome[];
}

const NOTHING: RecordedOutcomes = { recorded: 0, replayed: 0, late: [], outcomes: [] };

/** An outcome with all that it refers to. */
interface Known extends ResolvedOutcome {
  readonly index: number;
  readonly creativeId: string;
  readonly campaign: Campaign;
}

/**
 * Takes in what happened after creatives were shown. Counts, evidence, budget and the news of it follow in the same transaction: the
 * batch is kept whole or not at all. A repeat changes nothing: an impression and a click count once per decision however they are told.
 */
export async function recordOutcomes(deps: Dependencies, input: RecordOutcomes): Promise<RecordedOutcomes> {
  refuseLongBatch('outcomes', input.outcomes.length, MOST_OUTCOMES);
  const now = deps.clock.now();
  const known = await checkOutcomes(deps, input.outcomes, now);
  if (input.validateOnly || input.outcomes.length === 0) return NOTHING;
  const late = known.flatMap((each) => lateness(each, now));
  const inTime = known.filter(({ index }) => !late.some((each) => each.index === index));
  if (late.length > 0) deps.logger.info('outcomes came after their window', { late: late.length });
  const fresh = await deps.store.transaction(async (tx) => {
    const people = await measurablePeople(tx, deps.advertiserId, inTime);
    const rows = inTime.map((each) => ({ ...each, outcome: outcomeOf(deps, each, people, now) }));
    const decided = rows.flatMap(({ decision, campaign, outcome }) => (decision ? [{ decision, campaign, outcome }] : []));
    const counted = decided.length > 0 ? await countDecided(tx, deps, decided, now) : [];
    const { recorded } = await tx.outcomes.record([...rows.filter(({ decision }) => decision === null).map(({ outcome }) => outcome), ...counted]);
    await deps.bus.record(tx, 'outcomeRecorded', ...recorded.map(outcomeRecorded));
    return { recorded, told: new Set(rows.map(({ outcome }) => outcome.id)) };
  });
  deps.bus.wake('outcomeRecorded');
  const recorded = fresh.recorded.filter(({ id }) => fresh.told.has(id)).length;
  return { recorded, replayed: inTime.length - recorded, late, outcomes: fresh.recorded };
}

async function checkOutcomes(deps: Dependencies, inputs: readonly OutcomeInput[], now: Date): Promise<Known[]> {
  const check = new Checker();
  const resolved = await resolveOutcomes(deps, check, inputs);
  const idOf = ({ input, decision }: ResolvedOutcome): string | null => decision?.creativeId ?? input.creativeId ?? null;
  const creatives = await byId<Creative>((ids) => deps.store.creatives.byIds(deps.advertiserId, ids), resolved.filter(({ decision }) => !decision).map(idOf));
  const campaignIdOf = (each: ResolvedOutcome): string | null => each.decision?.campaignId ?? creatives.get(idOf(each) ?? '')?.campaignId ?? null;
  const campaigns = await byId<Campaign>((ids) => deps.store.campaigns.byIds(deps.advertiserId, ids), resolved.map(campaignIdOf));
  const ids = new Set<string>();
  resolved.forEach((each, index) => {
    const at = `outcomes.${index}`;
    const { outcomeId, profileExternalId, count, occurredAt, value, creativeId } = each.input;
    const campaign = campaigns.get(campaignIdOf(each) ?? '');
    checkText(check, `${at}.outcomeId`, outcomeId, { max: 200 });
    checkText(check, `${at}.profileExternalId`, profileExternalId, { max: 200 });
    checkInteger(check, `${at}.count`, count, 1, 1_000_000_000);
    checkOccurredAt(check, `${at}.occurredAt`, occurredAt, now);
    if (creativeId != null && !each.decision && !creatives.has(creativeId)) check.add(`${at}.creativeId`, 'There is no creative with this id.', 'Check the id.', 'NOT_FOUND');
    if (campaign) checkMoney(check, `${at}.value`, value, campaign.currency);
    if (outcomeId == null) return;
    if (outcomeId.startsWith(OWN_IDS)) check.add(`${at}.outcomeId`, `outcomeId must not begin with ${JSON.stringify(OWN_IDS)}; such ids are given here.`, 'Send an id of your own, or leave it out where a token or decisionId names what was shown.');
    if (ids.has(outcomeId)) check.add(`${at}.outcomeId`, `outcomes holds the id ${JSON.stringify(outcomeId.slice(0, 60))} twice.`);
    ids.add(outcomeId);
  });
  check.orThrow();
  return resolved.map((each, index) => ({ ...each, index, creativeId: idOf(each)!, campaign: campaigns.get(campaignIdOf(each)!)! }));
}

function lateness({ index, kind, decision, campaign, input }: Known, now: Date): LateOutcome[] {
  if (!decision) return [];
  const last = lastMoment(decision, kind, campaign);
  return momentOf(input.occurredAt, now, decision) > last ? [{ index, kind, lastMoment: last }] : [];
}

function outcomeOf(deps: Dependencies, { input, kind, decision, creativeId, campaign }: Known, people: ReadonlyMap<string, string>, now: Date): Outcome {
  const once = decision !== null && (kind !== 'CONVERSION' || input.outcomeId == null);
  return {
    id: deps.ids.next(),
    advertiserId: deps.advertiserId,
    outcomeId: once ? outcomeIdOf(decision.id, kind) : input.outcomeId!,
    campaignId: campaign.id,
    creativeId,
    profileId: people.get(decision ? (decision.profileId ?? '') : (input.profileExternalId ?? '')) ?? null,
    decisionId: decision?.id ?? null,
    kind,
    count: input.count ?? 1,
    valueMicros: input.value?.micros ?? null,
    occurredAt: momentOf(input.occurredAt, now, decision),
    receivedAt: now,
  };
}

/** Outcomes count for everybody; they are tied to a person only where that person agreed to measurement, when it was decided and now. */
async function measurablePeople(tx: Queries, advertiserId: string, outcomes: readonly Known[]): Promise<Map<string, string>> {
  const named = distinct(outcomes.map(({ input, decision }) => (decision ? null : input.profileExternalId)));
  const decided = distinct(outcomes.map(({ decision }) => decision?.profileId));
  const byName = named.length === 0 ? [] : await tx.profiles.byExternalIds(advertiserId, named);
  // Held: who is erased meanwhile is not brought back by an outcome.
  const held = await tx.profiles.holdByIds(advertiserId, distinct([...byName.map(({ id }) => id), ...decided]));
  const agreed = new Set(held.filter(({ consent }) => consent.measurement).map(({ id }) => id));
  return new Map([...byName.map(({ externalId, id }) => [externalId, id] as const), ...decided.map((id) => [id, id] as const)].filter(([, id]) => agreed.has(id)));
}

async function byId<T extends { readonly id: string }>(read: (ids: readonly string[]) => Promise<T[]>, ids: readonly (string | null)[]): Promise<Map<string, T>> {
  return new Map((await read(distinct(ids))).map((row) => [row.id, row]));
}

function distinct(ids: readonly (string | null | undefined)[]): string[] {
  return [...new Set(ids.filter((id) => id != null))];
}

function outcomeRecorded(outcome: Outcome): Message {
  return {
    key: outcome.campaignId,
    payload: { outcomeId: outcome.id, campaignId: outcome.campaignId, creativeId: outcome.creativeId, kind: outcome.kind },
  };
}
