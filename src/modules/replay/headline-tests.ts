/** A file of headline tests as what a replay plays: arms with the rates that were observed. */
import { badInput } from '../../base/errors';
import { hash32 } from '../../base/rng';
import { groupBy } from '../training/ctr-examples';
import type { UpworthyArm } from '../training/sources';

export interface ReplayArm {
  readonly headline: string;
  readonly image: string;
  readonly impressions: number;
  readonly clicks: number;
}

export interface ReplayTest {
  readonly id: string;
  /** Tests that share a headline are one story, and stay on one side of every split. */
  readonly story: string;
  readonly arms: readonly ReplayArm[];
}

export interface ReplayTests {
  readonly tests: readonly ReplayTest[];
  /** Rows without impressions: they have no rate. */
  readonly rowsWithoutImpressions: number;
  /** Tests left with fewer than two arms: nothing to choose. */
  readonly testsWithoutChoice: number;
}

/**
 * Rows of equal headline and image in a test are one arm: people saw the same. Arms stand in an order of chance: in the file the first ones of a
 * test were clicked more than the others, and whoever settles a tie by the order would know it. @throws BAD_INPUT naming the row
 */
export function headlineTests(rows: readonly UpworthyArm[]): ReplayTests {
  rows.forEach(({ impressions, clicks }, i) => {
    const where = `row ${i + 1}`;
    if (!Number.isSafeInteger(impressions) || impressions < 0) throw badInput(where, `Row ${i + 1} after the header has impressions that are no count: ${impressions}.`);
    if (!Number.isSafeInteger(clicks) || clicks < 0) throw badInput(where, `Row ${i + 1} after the header has clicks that are no count: ${clicks}.`);
    if (clicks > impressions) throw badInput(where, `Row ${i + 1} after the header has ${clicks} clicks of ${impressions} impressions.`, 'Clicks are counted once per impression.');
  });
  const shown = rows.filter((row) => row.impressions > 0);
  const all = [...groupBy(shown, (row) => row.test)].map(([id, members]): ReplayTest => ({
    id,
    story: members[0]!.story,
    arms: [...groupBy(members, (row) => `${row.image}\n${row.headline}`).values()].map((same) => ({
      headline: same[0]!.headline,
      image: same[0]!.image,
      impressions: same.reduce((sum, row) => sum + row.impressions, 0),
      clicks: same.reduce((sum, row) => sum + row.clicks, 0),
    })).toSorted((a, b) => chanceOf(id, a) - chanceOf(id, b)),
  }));
  const tests = all.filter((test) => test.arms.length > 1);
  if (tests.length < 10) throw badInput('file', `A replay needs 10 tests of two arms or more, to learn from some and play others; ${tests.length} came.`);
  const stories = new Set(tests.map((test) => test.story)).size;
  if (stories < 10) throw badInput('file', `The ${tests.length} tests share headlines so widely that they are ${stories} ${stories === 1 ? 'story' : 'stories'}; a replay needs 10, to learn from some and play others.`, 'Give tests of different headlines.');
  if (!tests.some(({ arms }) => arms.some((arm) => arm.clicks * arms[0]!.impressions !== arms[0]!.clicks * arm.impressions))) {
    throw badInput('file', `In none of the ${tests.length} tests do the arms' click rates differ: no choice is better than another.`, 'Check that the columns of impressions and clicks are the right ones.');
  }
  return { tests, rowsWithoutImpressions: rows.length - shown.length, testsWithoutChoice: new Set(rows.map((row) => row.test)).size - tests.length };
}

function chanceOf(test: string, { headline, image }: ReplayArm): number {
  return hash32(`arm:${test} ${image} ${headline}`);
}
