import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseCorpus } from '../../domain/copy/corpus';
import type { GuardContext } from '../../domain/guard/guard';
import { buildLexicon } from '../../domain/guard/lexicon';
import { MEMORISED_FILE, memorisedSet } from '../../domain/guard/memorised-set';
import { normaliseLine } from '../../domain/copy/text-fold';

/** What the guard learns from the files beside a writer: its vocabulary, its licensed lines, its forbidden ones. */
export type GuardKnowledge = Pick<GuardContext, 'lexicon' | 'corpusLines' | 'memorised'>;

const known = new Map<string, Promise<GuardKnowledge>>();

/**
 * Reads `corpus/*.txt` and `memorised.u32` of a model directory, once per process. A model that brings neither is judged by
 * the campaign's facts alone.
 */
export function guardKnowledge(directory: string): Promise<GuardKnowledge> {
  let knowledge = known.get(directory);
  if (knowledge === undefined) known.set(directory, (knowledge = load(directory)));
  return knowledge;
}

async function load(directory: string): Promise<GuardKnowledge> {
  const files = await readdir(join(directory, 'corpus')).catch(() => [] as string[]);
  const lines: string[] = [];
  for (const file of files.filter((name) => name.endsWith('.txt')).toSorted()) {
    const corpus = parseCorpus(await readFile(join(directory, 'corpus', file), 'utf8'));
    for (const line of corpus) lines.push(line.text);
  }
  const hashes = await readFile(join(directory, MEMORISED_FILE)).catch(() => null);
  return {
    lexicon: lines.length > 0 ? buildLexicon(lines) : null,
    corpusLines: lines.length > 0 ? new Set(lines.map(normaliseLine)) : null,
    memorised: hashes === null ? null : memorisedSet(new Uint32Array(hashes.buffer.slice(hashes.byteOffset, hashes.byteOffset + (hashes.length & ~3)))),
  };
}
