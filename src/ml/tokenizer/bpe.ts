import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AdloomError, badInput, messageOf } from '../../base/errors';
import { CHAR_TO_BYTE, toByteChars } from './bytes-unicode';
import { wordMerger } from './merge-word';
import { addWordOffsets, type TokenOffsets } from './offsets';
import { preTokenise, specialPattern, splitSpecials } from './pre-tokenise';
import { parseTokenizerJson, type ParsedTokenizer } from './tokenizer-json';

/**
 * Byte-level BPE, text to ids and back, as GPT-2 does it and equal to the transformers libraries'. Pure and synchronous: made
 * for workers that score at full speed. Each distinct word is merged once and remembered.
 */
export interface BpeTokenizer {
  /** Number of ids: the rows that the model's embedding needs at least. */
  readonly vocabularySize: number;
  readonly specialTokens: readonly string[];
  /**
   * `specials: 'text'` reads the special tokens in the text as plain characters: for text that people wrote, which must not be
   * able to speak for the program. Default `'recognise'`.
   */
  encode(text: string, options?: { specials?: 'recognise' | 'text' }): number[];
  /** `encode`, and where in the text each token stands: for telling people about tokens in their own words. */
  encodeWithOffsets(text: string, options?: { specials?: 'recognise' | 'text' }): TokenOffsets;
  /** `specials: 'skip'` leaves special tokens out. Bytes that are no UTF-8 become U+FFFD. @throws BAD_INPUT on an unknown id. */
  decode(ids: Iterable<number>, options?: { specials?: 'keep' | 'skip' }): string;
  /** Of a special or ordinary token, in the vocabulary's own spelling. */
  tokenId(token: string): number | undefined;
}

/** Words remembered; beyond it the memory starts anew. About 10 MB when full. */
const REMEMBERED_WORDS = 100_000;
/** A longer "word" (a run without spaces) is merged but not remembered. */
const LONGEST_REMEMBERED = 64;

/** @throws MODEL_INVALID for a file that is broken or not GPT-2's kind; MODEL_UNAVAILABLE where there is none. */
export async function openBpeTokenizer(directory: string): Promise<BpeTokenizer> {
  let json: string;
  try {
    json = await readFile(join(directory, 'tokenizer.json'), 'utf8');
  } catch (error) {
    throw new AdloomError('MODEL_UNAVAILABLE', `${directory} has no readable tokenizer.json: ${messageOf(error)}.`, {
      field: 'tokenizer.json',
      hint: 'Give a model directory with a tokenizer.json.',
      cause: error,
    });
  }
  return createBpeTokenizer(parseTokenizerJson(json));
}

/** @throws MODEL_INVALID where the tokenizer can give ids that the model has no embedding for */
export function requireFit(tokenizer: BpeTokenizer, vocabulary: number): void {
  if (tokenizer.vocabularySize <= vocabulary) return;
  throw new AdloomError('MODEL_INVALID', `tokenizer.json has ${tokenizer.vocabularySize} tokens, but the model only ${vocabulary}.`, {
    field: 'tokenizer.json',
    hint: 'The tokenizer and the weights do not belong together.',
  });
}

export function createBpeTokenizer(parsed: ParsedTokenizer): BpeTokenizer {
  const { tokens, specialTokens, addedWords = [], addPrefixSpace } = parsed;
  const idOf = new Map(tokens.map((token, id) => [token, id]));
  const specialIds = new Set(specialTokens.map((token) => idOf.get(token)!));
  const addedIds = new Set(addedWords.map((word) => idOf.get(word)!));
  const patterns = { recognise: specialPattern([...specialTokens, ...addedWords]), text: specialPattern(addedWords) };
  const bytesOf = tokens.map((token, id) => (specialIds.has(id) || addedIds.has(id) ? new TextEncoder().encode(token) : Uint8Array.from(token, (char) => CHAR_TO_BYTE.get(char) ?? 0x3f)));
  const mergeWord = wordMerger(parsed, idOf);
  const remembered = new Map<string, readonly number[]>();

  const idsOf = (word: string): readonly number[] => {
    const known = remembered.get(word);
    if (known) return known;
    const ids = mergeWord(toByteChars(word));
    if (word.length <= LONGEST_REMEMBERED) {
      if (remembered.size >= REMEMBERED_WORDS) remembered.clear();
      remembered.set(word, ids);
    }
    return ids;
  };

  return {
    vocabularySize: tokens.length,
    specialTokens,
    encode(text, { specials = 'recognise' } = {}) {
      const out: number[] = [];
      splitSpecials(text, patterns[specials]).forEach((part, i) => {
        if (i % 2 === 1) out.push(idOf.get(part)!);
        else if (part !== '') {
          const spaced = addPrefixSpace && !part.startsWith(' ') ? ` ${part}` : part;
          for (const word of preTokenise(spaced)) for (const id of idsOf(word)) out.push(id);
        }
      });
      return out;
    },
    encodeWithOffsets(text, { specials = 'recognise' } = {}) {
      const out: TokenOffsets = { ids: [], starts: [], ends: [] };
      let at = 0;
      splitSpecials(text, patterns[specials]).forEach((part, i) => {
        const end = at + part.length;
        if (i % 2 === 1) {
          out.ids.push(idOf.get(part)!);
          out.starts.push(at);
          out.ends.push(end);
        } else if (part !== '') {
          const spaced = addPrefixSpace && !part.startsWith(' ') ? ` ${part}` : part;
          const start = at;
          at -= spaced.length - part.length;
          for (const word of preTokenise(spaced)) {
            const ids = idsOf(word);
            out.ids.push(...ids);
            addWordOffsets(out, word, ids.map((id) => bytesOf[id]!.length), (char) => idOf.has(char), at, start);
            at += word.length;
          }
        }
        at = end;
      });
      return out;
    },
    decode(ids, { specials = 'keep' } = {}) {
      const pieces: Uint8Array[] = [];
      for (const id of ids) {
        const bytes = bytesOf[id];
        if (!bytes) throw badInput('ids', `Token ids go from 0 to ${tokens.length - 1}, ${id} came.`, 'Decode with the tokenizer of the model that made the ids.');
        if (specials === 'keep' || !specialIds.has(id)) pieces.push(bytes);
      }
      return Buffer.concat(pieces).toString('utf8');
    },
    tokenId: (token) => idOf.get(token),
  };
}
