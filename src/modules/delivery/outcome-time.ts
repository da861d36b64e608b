import type { Campaign } from '../../domain/entities/campaign';
import type { OutcomeKind } from '../../domain/entities/outcome';
import type { BriefDecision } from '../../store/decisions';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** Outcomes may be told of so long after the last moment at which they could have happened. */
const TOLD_LATER = 7 * DAY;

type Windows = Pick<Campaign, 'clickWindowHours' | 'conversionWindowHours'>;
type Decided = Pick<BriefDecision, 'createdAt' | 'expiresAt'>;

/** The last moment at which an outcome of that kind counts for the decision. */
export function lastMoment(decision: Decided, kind: OutcomeKind, windows: Windows): Date {
  if (kind === 'IMPRESSION') return decision.expiresAt;
  const hours = kind === 'CLICK' ? windows.clickWindowHours : windows.conversionWindowHours;
  return new Date(decision.createdAt.getTime() + hours * HOUR);
}

/** When a token of that kind ends: late outcomes are still taken in as what they are. */
export function tokenEnd(decision: Decided, kind: OutcomeKind, windows: Windows): Date {
  return new Date(lastMoment(decision, kind, windows).getTime() + TOLD_LATER);
}

/** When it happened: not before it was decided, and not after now, whatever a device's clock says. */
export function momentOf(occurredAt: Date | null | undefined, now: Date, decision: Decided | null): Date {
  const told = occurredAt && occurredAt < now ? occurredAt : now;
  return decision && told < decision.createdAt ? decision.createdAt : told;
}
