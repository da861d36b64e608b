/** What the writer is tuned on: prompts as serving builds them, each with a line of the corpus. */
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { createRng, hash32 } from '../../base/rng';
import { badInput } from '../../base/errors';
import { parseCorpus, type CorpusLine } from '../../domain/copy/corpus';
import { writerPrompt } from '../../domain/copy/prompt';
import { SLOTS, slotsIn, type Slot } from '../../domain/copy/slots';
import { documentBuilder, type Documents } from '../../ml/train/documents';
import type { BpeTokenizer } from '../../ml/tokenizer/bpe';
import { END_OF_TEXT } from './vocabulary';

export interface CopyLine extends CorpusLine {
  vertical: string;
  /** Slots of this very line. */
  slots: Slot[];
}

/** All lines of a corpus folder; a file's name is its vertical. */
export async function readCopyCorpus(folder: string): Promise<CopyLine[]> {
  const files = (await readdir(folder).catch(() => [])).filter((f) => f.endsWith('.txt')).sort();
  if (files.length === 0) throw badInput('corpus', `${folder} holds no corpus files (*.txt).`, 'Give the folder of the corpus, such as models/writer/corpus.');
  const lines: CopyLine[] = [];
  for (const file of files) {
    const vertical = path.basename(file, '.txt');
    for (const line of parseCorpus(await readFile(path.join(folder, file), 'utf8'))) lines.push({ ...line, vertical, slots: slotsIn(line.text) });
  }
  return lines;
}

/** Whether a line is kept for validation: one in twenty. */
export function isHeldOut(line: CopyLine): boolean {
  return hash32(`copy:${line.text}`) % 20 === 0;
}

/** Prompt and copy in one text. @param slots those that the prompt offers */
export function writerText(line: CopyLine, slots: readonly Slot[], interest = line.interest): string {
  const interests = interest === '' ? [] : [interest];
  return writerPrompt({ vertical: line.vertical, format: line.format, tone: line.tone, interests, slots }) + line.text;
}

/** One document, in which the tokens of prompt and copy are to be predicted at these weights. */
export function copyDocument(tokenizer: BpeTokenizer, prompt: string, copy: string, weight: { prompt: number; copy: number }): { ids: number[]; weights: number[] } {
  const end = tokenizer.tokenId(END_OF_TEXT)!;
  const asked = tokenizer.encode(prompt);
  const ids = [end, ...asked, ...tokenizer.encode(copy), end];
  return { ids, weights: ids.map((_, i) => (i > asked.length ? weight.copy : weight.prompt)) };
}

/**
 * Documents in which only the copy is to be predicted. Each line comes `views` times, every time with other slots offered
 * beyond its own, so that the model learns to choose among slots rather than to use all.
 * Validation holds whole lines out.
 * @param promptWeight what a token of a prompt counts
 */
export function writerDocuments(lines: readonly CopyLine[], tokenizer: BpeTokenizer, views: number, promptWeight = 0.05): { training: Documents; validation: Documents } {
  const training = documentBuilder();
  const validation = documentBuilder();
  const rng = createRng(11);
  for (const line of lines) {
    const held = isHeldOut(line);
    for (let view = 0; view < (held ? 1 : views); view++) {
      const own = new Set(line.slots);
      const offered = SLOTS.filter((slot) => own.has(slot) || (slot === '<interest>' ? line.interest !== '' && rng.next() < 0.8 : rng.next() < 0.6));
      const text = writerText(line, offered);
      const { ids, weights } = copyDocument(tokenizer, text.slice(0, text.length - line.text.length), line.text, { prompt: promptWeight, copy: 1 });
      (held ? validation : training).add(ids, weights);
    }
  }
  return { training: training.build(), validation: validation.build() };
}
