import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createRng } from '../../../src/base/rng';
import { copyCases, copyInSplit, readInterestTitles, type CopySources } from '../../../src/modules/training/copy-examples';
import { COPY_FOLDERS } from '../../../src/modules/training/ctr-data';
import { readCopyCorpus } from '../../../src/modules/training/writer-documents';

const SPLITS = ['training', 'validation', 'test'] as const;
const OPTIONS = { each: 5, negatives: 4 };
let sources: CopySources;
beforeAll(async () => {
  sources = { lines: await readCopyCorpus(COPY_FOLDERS.corpus), titles: await readInterestTitles(COPY_FOLDERS.titles) };
});

describe('examples of copy for a taste', () => {
  it('cover every interest that the corpus speaks to, with titles of its own', () => {
    const spoken = new Set(sources.lines.map((line) => line.interest).filter((interest) => interest !== ''));
    expect([...spoken].filter((interest) => !sources.titles.has(interest))).toEqual([]);
    for (const titles of sources.titles.values()) expect(new Set(titles).size).toBe(titles.length);
    expect(Math.min(...[...sources.titles.values()].map((titles) => titles.length))).toBeGreaterThanOrEqual(12);
  });

  it('hold whole interests out', () => {
    const interests = SPLITS.map((split) => new Set(copyCases(copyInSplit(sources, split), createRng(1), OPTIONS).map((c) => c.interest)));
    expect(interests.reduce((sum, set) => sum + set.size, 0)).toBe(sources.titles.size);
    expect(new Set(interests.flatMap((set) => [...set])).size).toBe(sources.titles.size);
  });

  it('compare a line for the profile with lines for interests that the profile shows nothing of', () => {
    const of = new Map([...sources.titles].flatMap(([interest, titles]) => titles.map((title): [string, string] => [title, interest])));
    for (const { interest, profile, texts } of copyCases(copyInSplit(sources, 'training'), createRng(2), OPTIONS)) {
      const shown = profile.split(' | ').map((title) => of.get(title));
      expect(shown).toContain(interest);
      expect(shown.filter((other) => other === interest).length).toBeGreaterThanOrEqual(2);
      expect(texts).toHaveLength(1 + OPTIONS.negatives);
    }
  });

  it('hold no slot that is not filled', () => {
    const texts = copyCases(copyInSplit(sources, 'training'), createRng(3), OPTIONS).flatMap((c) => c.texts);
    expect(texts.filter((text) => /<\w+>/.test(text))).toEqual([]);
  });

  it('are the same for the same seed', () => {
    const make = (): unknown => copyCases(copyInSplit(sources, 'test'), createRng(4), OPTIONS);
    expect(make()).toEqual(make());
  });
});

describe('files of titles', () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'adloom-titles-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.each([
    ['a title before any interest', '- Deep-lug shoe\n', 'line 1'],
    ['a line of another shape', '@ interest=running\n- Deep-lug shoe\nWinter gloves\n', 'line 3'],
  ])('are refused for %s, by line', async (_, content, line) => {
    writeFileSync(path.join(folder, 'a.txt'), content);
    await expect(readInterestTitles(folder)).rejects.toMatchObject({ code: 'BAD_INPUT', message: expect.stringContaining(`a.txt, ${line}`) });
  });

  it('are missed where there are none', async () => {
    await expect(readInterestTitles(path.join(folder, 'none'))).rejects.toMatchObject({ code: 'BAD_INPUT', message: expect.stringContaining('none') });
  });
});
