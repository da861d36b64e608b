import type { EventKind } from '../entities/event';
import type { Interest, RecentItem } from '../entities/profile';

const DAY = 86_400_000;
const COMMITTED: ReadonlySet<EventKind> = new Set(['PURCHASE', 'ENROL', 'INVEST', 'BOOK']);

/** What a segment is decided from. */
export interface SegmentInput {
  readonly interests: readonly Interest[];
  readonly recentItems: readonly RecentItem[];
  readonly now: Date;
}

/** One row per segment; a person may be in several. */
const SEGMENTS: readonly { name: string; holds(input: SegmentInput): boolean }[] = [
  { name: 'newcomer', holds: ({ recentItems }) => recentItems.length > 0 && recentItems.length < 3 },
  { name: 'active', holds: (input) => daysSinceLast(input) <= 7 },
  { name: 'lapsing', holds: (input) => daysSinceLast(input) > 30 && daysSinceLast(input) <= 90 },
  { name: 'dormant', holds: (input) => daysSinceLast(input) > 90 },
  { name: 'buyer', holds: ({ recentItems }) => commitments(recentItems) >= 1 },
  { name: 'regular-buyer', holds: ({ recentItems }) => commitments(recentItems) >= 3 },
  { name: 'browser', holds: ({ recentItems }) => recentItems.length >= 5 && commitments(recentItems) === 0 },
  { name: 'basket-left', holds: ({ recentItems }) => recentItems.at(-1)?.kind === 'CART' },
  { name: 'devoted', holds: ({ interests }) => leadingShare(interests) >= 0.6 },
  { name: 'explorer', holds: ({ interests }) => interests.length >= 5 && leadingShare(interests) < 0.35 },
];

/** Segments a person is in now, in the order of the table. They hold for the moment: `lapsing` comes without an event. */
export function segmentsOf(input: SegmentInput): string[] {
  if (input.recentItems.length === 0 && input.interests.length === 0) return [];
  return SEGMENTS.filter((segment) => segment.holds(input)).map((segment) => segment.name);
}

function daysSinceLast({ recentItems, now }: SegmentInput): number {
  const last = recentItems.at(-1);
  return last === undefined ? Number.POSITIVE_INFINITY : (now.getTime() - last.at.getTime()) / DAY;
}

function commitments(items: readonly RecentItem[]): number {
  return items.filter((item) => COMMITTED.has(item.kind)).length;
}

/** Share of all weight that the heaviest interest has. */
function leadingShare(interests: readonly Interest[]): number {
  const total = interests.reduce((sum, interest) => sum + interest.weight, 0);
  return total === 0 ? 0 : Math.max(...interests.map((interest) => interest.weight)) / total;
}
