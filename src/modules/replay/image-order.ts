/**
 * When the images of a test were made, as their ids tell it: known before anybody sees them. Editors begin with what they believe in, and images
 * that come hours later are clicked less (docs/evidence/replay.md).
 */
import type { ReplayTest } from './headline-tests';

/** An ObjectId (BSON specification): the first eight of its 24 hexadecimal digits are the second in which it was made. */
const OBJECT_ID = /^[0-9a-f]{24}$/i;

/** For each arm log(1 + seconds) from the first image of its test to its own, less the test's mean: arms of one test are compared, not tests. All 0 where an id tells no time. */
export function lateness({ arms }: ReplayTest): number[] {
  if (!arms.every(({ image }) => OBJECT_ID.test(image))) return arms.map(() => 0);
  const made = arms.map(({ image }) => Number.parseInt(image.slice(0, 8), 16));
  const first = Math.min(...made);
  const late = made.map((second) => Math.log1p(second - first));
  const mean = late.reduce((sum, x) => sum + x, 0) / late.length;
  return late.map((x) => x - mean);
}
