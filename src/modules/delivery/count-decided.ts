import type { Campaign } from '../../domain/entities/campaign';
import type { Outcome } from '../../domain/entities/outcome';
import type { EvidenceSum } from '../../store/creative-evidence';
import type { BriefDecision, DecisionMark } from '../../store/decisions';
import { dayOf, type SpendCharge } from '../../store/spending';
import type { Queries } from '../../store/store';
import type { Dependencies } from '../dependencies';

/** An outcome of a decision, checked, in time. */
export interface DecidedOutcome {
  readonly decision: BriefDecision;
  readonly campaign: Campaign;
  readonly outcome: Outcome;
}

/**
 * Notes which impressions and clicks of decisions are new, and follows up on those: what was held is charged, a click is charged, and the
 * creative's evidence grows. A click that comes without its impression makes it: what was clicked was seen. Conversions pass through.
 * @returns outcomes to be recorded: the new ones, conversions, and impressions that clicks made
 */
export async function countDecided(tx: Queries, { advertiserId, ids, liveModels }: Pick<Dependencies, 'advertiserId' | 'ids' | 'liveModels'>, given: readonly DecidedOutcome[], now: Date): Promise<Outcome[]> {
  const byDecision = new Map<string, DecidedOutcome[]>();
  for (const each of given) byDecision.set(each.decision.id, [...(byDecision.get(each.decision.id) ?? []), each]);
  const marked = await tx.decisions.mark(advertiserId, [...byDecision].map(([id, outcomes]) => markOf(id, outcomes)));
  const kept = given.filter(({ outcome }) => outcome.kind === 'CONVERSION').map(({ outcome }) => outcome);
  const evidence = new Map<string, EvidenceSum>();
  const charges: SpendCharge[] = [];
  for (const { id, seen, clicked, freedMicros } of marked) {
    const all = byDecision.get(id)!;
    const { decision, campaign } = all[0]!;
    const first = (kind: Outcome['kind']): Outcome | undefined => all.find(({ outcome }) => outcome.kind === kind)?.outcome;
    const click = clicked ? first('CLICK') : undefined;
    if (seen) kept.push(first('IMPRESSION') ?? impressionOf(ids.next(), first('CLICK')!));
    if (click) kept.push(click);
    if (!seen && !click) continue;
    for (const sum of evidenceOf(decision, seen, clicked, liveModels.classifier(decision.vertical)?.modelVersionId)) addEvidence(evidence, sum);
    const chargeMicros = (seen ? decision.costMicros : 0n) + (clicked ? campaign.costPerClickMicros : 0n);
    if (chargeMicros > 0n || freedMicros > 0n) charges.push({ decisionId: id, campaignId: campaign.id, day: dayOf(decision.createdAt), chargeMicros, freedMicros });
  }
  await tx.creativeEvidence.add(advertiserId, [...evidence.values()], now);
  for (const round of roundsOf(charges)) await tx.spending.charge(advertiserId, round);
  return kept;
}

function markOf(id: string, outcomes: readonly DecidedOutcome[]): DecisionMark {
  const earliest = (...kinds: Outcome['kind'][]): Date | null => {
    const times = outcomes.filter(({ outcome }) => kinds.includes(outcome.kind)).map(({ outcome }) => outcome.occurredAt.getTime());
    return times.length === 0 ? null : new Date(Math.min(...times));
  };
  // Whoever agreed when it was decided and does not any more: the outcome is nobody's, and so is what it is written into.
  const withdrawn = outcomes.some(({ decision, outcome }) => decision.profileId !== null && outcome.profileId === null);
  const forget = !withdrawn ? null : outcomes.some(({ outcome }) => outcome.kind === 'CONVERSION') ? 'ANYWAY' : 'IF_NEW';
  return { id, impressionAt: earliest('IMPRESSION', 'CLICK'), clickAt: earliest('CLICK'), forget };
}

function impressionOf(id: string, click: Outcome): Outcome {
  return { ...click, id, outcomeId: outcomeIdOf(click.decisionId!, 'IMPRESSION'), kind: 'IMPRESSION', valueMicros: null };
}

/** The one id that an impression or a click of a decision has, whoever tells of it. */
export function outcomeIdOf(decisionId: string, kind: Outcome['kind']): string {
  return `${OWN_IDS}${decisionId}:${kind}`;
}

/** No caller's id begins so: one that did could take the place of what a decision will count. */
export const OWN_IDS = 'decision:';

/** @param live answers now: where another one decided, a promotion came between, and took along what was known until then */
function evidenceOf(decision: BriefDecision, seen: boolean, clicked: boolean, live: string | undefined): EvidenceSum[] {
  const models = [
    { modelVersionId: decision.modelVersionId, pClick: decision.pClick },
    { modelVersionId: decision.shadowModelVersionId, pClick: decision.shadowPClick },
  ];
  const known = models.some(({ modelVersionId }) => modelVersionId === live);
  if (live !== undefined && !known && decision.modelVersionId !== null && decision.experimentId === null) models.push({ modelVersionId: live, pClick: decision.pClick });
  return models.flatMap(({ modelVersionId, pClick }) =>
    modelVersionId === null || pClick === null ? [] : [{ creativeId: decision.creativeId, modelVersionId, impressions: Number(seen), clicks: Number(clicked), expectedClicks: seen ? pClick : 0 }]);
}

function addEvidence(sums: Map<string, EvidenceSum>, sum: EvidenceSum): void {
  const key = `${sum.creativeId} ${sum.modelVersionId}`;
  const known = sums.get(key);
  sums.set(key, known ? { ...known, impressions: known.impressions + sum.impressions, clicks: known.clicks + sum.clicks, expectedClicks: known.expectedClicks + sum.expectedClicks } : sum);
}

/** Each round has one day of each campaign: its days are charged one after the other, so that they share what its budget has left. */
function roundsOf(charges: readonly SpendCharge[]): SpendCharge[][] {
  const rounds: SpendCharge[][] = [];
  const last = new Map<string, { day: string; round: number }>();
  for (const charge of charges.toSorted((a, b) => (a.day < b.day ? -1 : Number(a.day > b.day)))) {
    const known = last.get(charge.campaignId);
    const round = known === undefined ? 0 : known.round + Number(known.day !== charge.day);
    last.set(charge.campaignId, { day: charge.day, round });
    (rounds[round] ??= []).push(charge);
  }
  return rounds;
}
