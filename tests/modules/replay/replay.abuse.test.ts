import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { headlineTests } from "../../../src/modules/replay/headline-tests";
import { runReplayVerb } from "../../../src/modules/replay/replay-verb";
import { headlineScene } from "./scene";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), "adloom-replay-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const HEADER =
  "clickability_test_id,eyecatcher_id,headline,lede,impressions,clicks";
const replay = (text: string, signal?: AbortSignal) => {
  const file = path.join(folder, "tests.csv");
  writeFileSync(file, text);
  return runReplayVerb(
    { file, seeds: 1, model: null },
    { note: () => undefined, signal },
  ).then(
    () => "played",
    (error: { code: string; message: string }) =>
      `${error.code}: ${error.message.replace(folder, "<folder>")}`,
  );
};

test("a file that cannot be played is refused, and says where", async () => {
  expect(await replay("test,headline\n1,a\n")).toMatchInlineSnapshot(
    `"BAD_INPUT: <folder>/tests.csv needs a column clickability_test_id; it has test, headline."`,
  );
  expect(
    await replay(`${HEADER}\n1,i,a,,100,2\n1,i,b,,100,200\n`),
  ).toMatchInlineSnapshot(
    `"BAD_INPUT: Row 2 after the header has 200 clicks of 100 impressions."`,
  );
  expect(await replay(`${HEADER}\n1,i,a,,many,2\n`)).toMatchInlineSnapshot(
    `"BAD_INPUT: Row 1 after the header has impressions that are no count: NaN."`,
  );
  expect(await replay(`${HEADER}\n1,i,a,,100,-2\n`)).toMatchInlineSnapshot(
    `"BAD_INPUT: Row 1 after the header has clicks that are no count: -2."`,
  );
  expect(
    await replay(`${HEADER}\n1,i,a,,100,2\n1,i,b,,100,3\n`),
  ).toMatchInlineSnapshot(
    `"BAD_INPUT: A replay needs 10 tests of two arms or more, to learn from some and play others; 1 came."`,
  );
  expect(await replay("")).toMatchInlineSnapshot(
    `"BAD_INPUT: <folder>/tests.csv is not valid CSV: The file is empty: a CSV file begins with a line of column names."`,
  );
});

test("rows without impressions and tests without a choice are left out and counted", () => {
  const rows = headlineScene(12);
  const more = [
    { ...rows[0]!, impressions: 0, clicks: 0 },
    { ...rows[0]!, test: "alone", story: "alone" },
    { ...rows[0]! },
  ];
  const { tests, rowsWithoutImpressions, testsWithoutChoice } = headlineTests([
    ...rows,
    ...more,
  ]);
  expect([tests.length, rowsWithoutImpressions, testsWithoutChoice]).toEqual([
    12, 1, 1,
  ]);
  // The same headline and image twice is one arm.
  expect(tests[0]!.arms).toHaveLength(3);
  expect(
    tests[0]!.arms.map(({ impressions }) => impressions).toSorted(),
  ).toEqual([4_000, 4_000, 8_000]);
});

test("an interrupted replay says so", async () => {
  const rows = headlineScene(12).map((r) =>
    [r.test, r.image, r.headline, "", r.impressions, r.clicks].join(),
  );
  expect(
    await replay([HEADER, ...rows, ""].join("\n"), AbortSignal.abort()),
  ).toMatchInlineSnapshot(`"CANCELLED: The replay was interrupted."`);
});
