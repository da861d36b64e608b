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

export const MOST_OUTCOMES = 1_000;

export interface OutcomeInput {
  /** The caller's id of the outcome. */
  readonly outcomeId: string;
  readonly creativeId: string;
  /** The caller's id of the person, when known. */
  readonly profileExternalId?: string | null;
  readonly kind: OutcomeKind;
  /** How many it stands for; 1 when absent. */
  readonly count?: number | null;
  readonly value?: Money | null;
  readonly occurredAt?: Date | null;
}

export interface RecordOutcomes {
  readonly outcomes: readonly OutcomeInput[];
  readonly validateOnly?: boolean;
}

export interface RecordedOutcomes {
  readonly recorded: number;
  readonly replayed: number;
  /** Those that were new. */
  readonly outcomes: readonly Outcome[];
}

/** Takes in what happened after creatives were shown; counts follow in the same transaction. A repeated id changes nothing. */
export async function recordOutcomes(deps: Dependencies, input: RecordOutcomes): Promise<RecordedOutcomes> {
  refuseLongBatch('outcomes', input.outcomes.length, MOST_OUTCOMES);
  const creatives = await creativesOf(deps, input.outcomes);
  await checkOutcomes(deps, input.outcomes, creatives);
  if (input.validateOnly || input.outcomes.length === 0) return { recorded: 0, replayed: 0, outcomes: [] };
  const now = deps.clock.now();
  const fresh = await deps.store.transaction(async (tx) => {
    const people = await measurablePeople(tx, deps.advertiserId, input.outcomes);
    const { recorded } = await tx.outcomes.record(
      input.outcomes.map((outcome): Outcome => ({
        id: deps.ids.next(),
        advertiserId: deps.advertiserId,
        outcomeId: outcome.outcomeId,
        campaignId: creatives.get(outcome.creativeId)!.campaignId,
        creativeId: outcome.creativeId,
        profileId: people.get(outcome.profileExternalId ?? '') ?? null,
        decisionId: null,
        kind: outcome.kind,
        count: outcome.count ?? 1,
        valueMicros: outcome.value?.micros ?? null,
        occurredAt: outcome.occurredAt ?? now,
        receivedAt: now,
      })),
    );
    await deps.bus.record(tx, 'outcomeRecorded', ...recorded.map(outcomeRecorded));
    return recorded;
  });
  deps.bus.wake('outcomeRecorded');
  return { recorded: fresh.length, replayed: input.outcomes.length - fresh.length, outcomes: fresh };
}

async function creativesOf(deps: Dependencies, outcomes: readonly OutcomeInput[]): Promise<Map<string, Creative>> {
  const found = await deps.store.creatives.byIds(deps.advertiserId, [...new Set(outcomes.map((outcome) => outcome.creativeId))]);
  return new Map(found.map((creative) => [creative.id, creative]));
}

async function checkOutcomes(deps: Dependencies, outcomes: readonly OutcomeInput[], creatives: Map<string, Creative>): Promise<void> {
  const campaigns = await deps.store.campaigns.byIds(deps.advertiserId, [...new Set([...creatives.values()].map((each) => each.campaignId))]);
  const currencies = new Map(campaigns.map((campaign) => [campaign.id, campaign.currency]));
  const check = new Checker();
  const now = deps.clock.now();
  const ids = new Set<string>();
  outcomes.forEach((outcome, index) => {
    const at = `outcomes.${index}`;
    const creative = creatives.get(outcome.creativeId);
    checkText(check, `${at}.outcomeId`, outcome.outcomeId, { max: 200 });
    checkText(check, `${at}.profileExternalId`, outcome.profileExternalId, { max: 200 });
    checkInteger(check, `${at}.count`, outcome.count, 1, 1_000_000_000);
    checkOccurredAt(check, `${at}.occurredAt`, outcome.occurredAt, now);
    if (!creative) check.add(`${at}.creativeId`, 'There is no creative with this id.', 'Check the id.', 'NOT_FOUND');
    else checkMoney(check, `${at}.value`, outcome.value, currencies.get(creative.campaignId)!);
    if (ids.has(outcome.outcomeId)) check.add(`${at}.outcomeId`, `outcomes holds the id ${JSON.stringify(outcome.outcomeId.slice(0, 60))} twice.`);
    ids.add(outcome.outcomeId);
  });
  check.orThrow();
}

/** Outcomes count for everybody; they are tied to a person only where that person agreed to measurement. */
async function measurablePeople(tx: Queries, advertiserId: string, outcomes: readonly OutcomeInput[]): Promise<Map<string, string>> {
  const named = [...new Set(outcomes.map((outcome) => outcome.profileExternalId).filter((id) => id != null))];
  if (named.length === 0) return new Map();
  const profiles = await tx.profiles.byExternalIds(advertiserId, named);
  return new Map(profiles.filter((profile) => profile.consent.measurement).map((profile) => [profile.externalId, profile.id]));
}

function outcomeRecorded(outcome: Outcome): Message {
  return {
    key: outcome.campaignId,
    payload: { outcomeId: outcome.id, campaignId: outcome.campaignId, creativeId: outcome.creativeId, kind: outcome.kind },
  };
}
