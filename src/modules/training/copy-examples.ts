/**
 * What goes with whom, in ad copy: behind a profile of titles that people with one interest look at stands a line of copy for that
 * interest against lines for others. The titles and the copy are the project's own (`models/ctr/titles`, `models/writer/corpus`).
 */
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { badInput } from '../../base/errors';
import type { Rng } from '../../base/rng';
import { fillSlots, type SlotFacts } from '../../domain/copy/fill';
import type { RankExample } from '../../ml/train/rank-data';
import { profileOf, example, groupBy, type Encoder } from './ctr-examples';
import { splitOf, type Split } from './splits';
import type { CopyLine } from './writer-documents';

/** Titles by interest. */
export type InterestTitles = ReadonlyMap<string, readonly string[]>;

/** Reads a folder of title files: `@ interest=...`, then one `- title` per line. @throws BAD_INPUT naming file and line */
export async function readInterestTitles(folder: string): Promise<InterestTitles> {
  const files = (await readdir(folder).catch(() => [])).filter((f) => f.endsWith('.txt')).sort();
  if (files.length === 0) throw badInput('titles', `${folder} holds no title files (*.txt).`, 'Give the folder of the titles, such as models/ctr/titles.');
  const titles = new Map<string, string[]>();
  for (const file of files) {
    let interest = '';
    (await readFile(path.join(folder, file), 'utf8')).split(/\r?\n/).forEach((raw, index) => {
      const line = raw.trim();
      if (line === '') return;
      if (line.startsWith('@ interest=')) interest = line.slice('@ interest='.length);
      else if (line.startsWith('- ') && interest !== '') titles.set(interest, [...(titles.get(interest) ?? []), line.slice(2)]);
      else throw badInput('titles', `${file}, line ${index + 1}: ${JSON.stringify(line)} is neither "@ interest=..." nor "- title".`);
    });
  }
  return titles;
}

/** The project's own copy, and titles that people look at, by interest. */
export interface CopySources {
  lines: readonly CopyLine[];
  titles: InterestTitles;
}

/** Interests are split whole: what is held out was never seen with titles or copy. */
export function copyInSplit({ lines, titles }: CopySources, split: Split): CopySources {
  return { lines, titles: new Map([...titles].filter(([interest]) => splitOf(`interest:${interest}`) === split)) };
}

/** A piece of copy with the interest that it speaks to. */
interface Copy {
  interest: string;
  template: string;
}

export interface CopyCase {
  interest: string;
  profile: string;
  /** The first is for the profile's interest, the others are not. */
  texts: string[];
}

/** Facts that say nothing of an interest: what is to be learnt is the copy's own words. */
const FACTS: readonly SlotFacts[] = [
  { '<product>': 'the Alder range', '<brand>': 'Alder', '<offer>': '15% off your first order', '<price>': '£24', '<feature>': 'a two-year guarantee' },
  { '<product>': 'Northwell One', '<brand>': 'Northwell', '<offer>': 'two for one this week', '<price>': '€39', '<feature>': 'help seven days a week' },
  { '<product>': 'the Marlow starter', '<brand>': 'Marlow', '<offer>': 'free for thirty days', '<price>': '£9.50', '<feature>': 'no small print' },
  { '<product>': 'Quill & Oak Classic', '<brand>': 'Quill & Oak', '<offer>': 'save £20 until Sunday', '<price>': '£120', '<feature>': 'a price that holds' },
];

export interface CopyOptions {
  /** Examples of each interest. */
  each: number;
  /** Lines of other interests in each example. */
  negatives: number;
}

export function copyCases({ lines, titles }: CopySources, rng: Rng, { each, negatives }: CopyOptions): CopyCase[] {
  const pools = groupBy(copyOf(lines, rng).filter(({ interest }) => titles.has(interest)), ({ interest }) => interest);
  const interests = [...pools.keys()];
  if (interests.length <= negatives) return [];
  const pick = <T>(list: readonly T[]): T => list[rng.int(list.length)]!;
  return interests.flatMap((interest) =>
    Array.from({ length: each }, () => {
      const others = rng.shuffle(interests.filter((other) => other !== interest)).slice(0, negatives + 1);
      // Tastes are mixed: now and then a title or two of another interest, which is then not among those compared.
      const stray = rng.next() < 0.4 ? rng.shuffle([...titles.get(others[negatives]!)!]).slice(0, 1 + rng.int(2)) : [];
      const own = rng.shuffle([...titles.get(interest)!]).slice(0, 2 + rng.int(7));
      const facts = pick(FACTS);
      const texts = [interest, ...others.slice(0, negatives)].map((of) => written(pick(pools.get(of)!), facts));
      return { interest, profile: profileOf(rng.shuffle([...own, ...stray]), Infinity), texts };
    }),
  );
}

export function copyExamples(cases: readonly CopyCase[], encoder: Encoder): RankExample[] {
  return cases.map(({ profile, texts }) => example(encoder, profile, texts, texts.slice(1).map((_, i) => ({ first: 0, second: i + 1, target: 1, weight: 1 }))));
}

/** Headlines and bodies alone, and headlines with a body of the same interest, as creatives have them. */
function copyOf(lines: readonly CopyLine[], rng: Rng): Copy[] {
  const spoken = lines.filter((line) => line.interest !== '' && line.format !== 'CALL_TO_ACTION');
  const bodies = groupBy(spoken.filter((line) => line.format !== 'HEADLINE'), (line) => line.interest);
  return spoken.flatMap((line): Copy[] => {
    const alone = { interest: line.interest, template: line.text };
    const own = bodies.get(line.interest);
    if (line.format !== 'HEADLINE' || !own) return [alone];
    return [alone, { interest: line.interest, template: `${line.text} ${own[rng.int(own.length)]!.text}` }];
  });
}

/** Every piece of copy for one of the interests, its slots filled. */
export function copyTexts({ lines, titles }: CopySources, rng: Rng): string[] {
  return copyOf(lines, rng).filter(({ interest }) => titles.has(interest)).map((copy) => written(copy, FACTS[rng.int(FACTS.length)]!));
}

function written({ interest, template }: Copy, facts: SlotFacts): string {
  const filled = fillSlots(template, { ...facts, '<interest>': interest });
  return filled.ok ? filled.text : template;
}
