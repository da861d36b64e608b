import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseCorpus } from '../../domain/copy/corpus';
import type { GuardContext } from '../../domain/guard/guard';
import { buildLexicon } from '../../domain/guard/lexicon';
import { MEMORISED_FILE, memorisedSet, WINNERS_FILE, type MemorisedSet } from '../../domain/guard/memorised-set';
import { normaliseLine } from '../../domain/copy/text-fold';

/** What the guard learns from the files beside a writer: its vocabulary, its licensed lines, its forbidden ones. */
export type GuardKnowledge = Pick<GuardContext, 'lexicon' | 'corpusLines' | 'memorised' | 'winners'>;

/** The copy corpus that ships with the project: what its words are holds for every writer. Same depth in src and dist. */
export const SHIPPED_CORPUS = join(__dirname, '..', '..', '..', 'models', 'writer', 'corpus');

const known = new Map<string, Promise<GuardKnowledge>>();

/**
 * Reads `corpus/*.txt`, `memorised.u32` and `winners.u32` of a model directory, once per process. A model without a corpus (one of the hub, or
 * a user's own) is held to the words of the shipped one: what is neither among them nor a fact may be a name. Which text such a
 * model remembers, nobody knows.
 */
export function guardKnowledge(directory: string): Promise<GuardKnowledge> {
  let knowledge = known.get(directory);
  if (knowledge === undefined) known.set(directory, (knowledge = load(directory)));
  return knowledge;
}

async function load(directory: string): Promise<GuardKnowledge> {
  const own = await corpusLines(join(directory, 'corpus'));
  const lines = own.length > 0 ? own : await corpusLines(SHIPPED_CORPUS);
  return {
    lexicon: lines.length > 0 ? buildLexicon(lines) : null,
    corpusLines: lines.length > 0 ? new Set(lines.map(normaliseLine)) : null,
    memorised: await hashSet(join(directory, MEMORISED_FILE)),
    winners: await hashSet(join(directory, WINNERS_FILE)),
  };
}

async function hashSet(file: string): Promise<MemorisedSet | null> {
  const hashes = await readFile(file).catch(() => null);
  return hashes === null ? null : memorisedSet(new Uint32Array(hashes.buffer.slice(hashes.byteOffset, hashes.byteOffset + (hashes.length & ~3))));
}

async function corpusLines(folder: string): Promise<string[]> {
  const files = await readdir(folder).catch(() => [] as string[]);
  const lines: string[] = [];
  for (const file of files.filter((name) => name.endsWith('.txt')).toSorted()) {
    for (const { text } of parseCorpus(await readFile(join(folder, file), 'utf8'))) lines.push(text);
  }
  return lines;
}
