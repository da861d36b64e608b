import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { createRng } from "../../../src/base/rng";
import { beta } from "../../../src/modules/replay/beta";
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

const tests = (
  headline: (test: number, arm: number) => string,
  clicks: (test: number, arm: number) => number,
) =>
  Array.from(
    { length: 24 },
    (_, i) =>
      `${i >> 1},i,${headline(i >> 1, i & 1)},,1000,${clicks(i >> 1, i & 1)}`,
  );

test("tests that nothing can be learned or chosen from are refused, not played for ever or to figures that are no numbers", async () => {
  const arms = (rows: string[]) => replay([HEADER, ...rows, ""].join("\n"));
  expect(
    await arms(
      tests(
        (_, arm) => `headline ${arm}`,
        (_, arm) => 10 + arm,
      ),
    ),
  ).toMatchInlineSnapshot(
    `"BAD_INPUT: The 12 tests share headlines so widely that they are 1 story; a replay needs 10, to learn from some and play others."`,
  );
  expect(
    await arms(
      tests(
        (test, arm) => `headline ${test} ${arm}`,
        () => 0,
      ),
    ),
  ).toMatchInlineSnapshot(
    `"BAD_INPUT: In none of the 12 tests do the arms' click rates differ: no choice is better than another."`,
  );
  expect(
    await arms([
      "1,i,a,,100,",
      ...tests(
        (test, arm) => `headline ${test} ${arm}`,
        () => 5,
      ),
    ]),
  ).toMatchInlineSnapshot(
    `"BAD_INPUT: Row 1 after the header has clicks that are no count: NaN."`,
  );
});

test("a model that is not there is refused, though too few tests are held out to ask it about", async () => {
  const file = path.join(folder, "few.csv");
  const rows = tests((test, arm) => `headline ${test} ${arm}`, (test, arm) => 10 + 9 * arm + test);
  writeFileSync(file, [HEADER, ...rows, ""].join("\n"));
  const replayed = runReplayVerb({ file, seeds: 1, model: "/no/such/model" }, { note: () => undefined });
  await expect(replayed).rejects.toMatchObject({ code: "MODEL_UNAVAILABLE", message: expect.stringContaining("/no/such/model") });
});

test("tests of a thousand arms and more are refused before they take all memory", async () => {
  const words = (test: number, arm: number): string =>
    `${"abcdefghij"[arm % 10]}${arm} ${test}x${arm * 7} ${"klmnopq"[arm % 7]}${arm * 3}`;
  const many = Array.from({ length: 12_000 }, (_, i) => {
    const [test, arm] = [i % 12, Math.floor(i / 12)];
    return `${test},i,${words(test, arm)},,1000,${i % 37}`;
  });
  expect(await replay([HEADER, ...many, ""].join("\n"))).toContain(
    "BAD_INPUT: The tests have so many arms, up to 1000 in one",
  );
});

test("tests of another publisher are read through a map, without images", async () => {
  const file = path.join(folder, "others.csv");
  writeFileSync(
    file,
    [
      "experiment;title;views;opened",
      ...tests(
        (test, arm) => `春の旅 🌸 ${test} ${arm}`,
        (test, arm) => 10 + 9 * arm + test,
      ).map((row) =>
        row
          .split(",")
          .filter((_, i) => i !== 1 && i !== 3)
          .join(";"),
      ),
      "",
    ].join("\n"),
  );
  const map = {
    clickability_test_id: "experiment",
    headline: "title",
    impressions: "views",
    clicks: "opened",
  };
  const quiet = { note: () => undefined };
  expect(
    await runReplayVerb({ file, map, seeds: 1, model: null }, quiet),
  ).toMatchObject({ tests: 12, arms: 24 });
  await expect(
    runReplayVerb(
      { file, map: { ...map, clicks: "won" }, seeds: 1, model: null },
      quiet,
    ),
  ).rejects.toMatchObject({
    code: "BAD_INPUT",
    hint: "Name the column with --map clicks=<column>.",
  });
  await expect(
    runReplayVerb(
      { file, map: { ...map, colour: "title" }, seeds: 1, model: null },
      quiet,
    ),
  ).rejects.toMatchObject({
    code: "BAD_INPUT",
    message: 'There is no field "colour" to map to.',
  });
});

test("a beta of shapes near 0 is drawn as 0 or 1, in its own shares", () => {
  const rng = createRng(1);
  const drawn = Array.from({ length: 2_000 }, () => beta(rng, 1e-8, 3e-8));
  expect(drawn.every((x) => x === 0 || x === 1)).toBe(true);
  expect(drawn.reduce((sum, x) => sum + x, 0) / 2_000).toBeCloseTo(0.25, 1);
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
