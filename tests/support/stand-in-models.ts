import { readFileSync } from 'node:fs';
import path from 'node:path';
import { AdloomError } from '../../src/base/errors';
import { createRng } from '../../src/base/rng';
import { parseCorpus, type CorpusLine } from '../../src/domain/copy/corpus';
import { fillSlots } from '../../src/domain/copy/fill';
import { graphemeCount } from '../../src/domain/copy/graphemes';
import { FORMAT_WORDS } from '../../src/domain/copy/format';
import { wordsIn } from '../../src/domain/copy/text-fold';
import type { CallOptions, GenerateReply, GenerateRequest, Generation, Generator, Scorer } from '../../src/ml/serve/types';

const WRITER = path.resolve(__dirname, '../../models/writer');
const TIMING = { tokeniseMs: 0, queueMs: 0, inferenceMs: 0 };

/**
 * Not a model: a deterministic stand-in for tests of what happens around a writer. It answers a prompt with lines of the corpus
 * for that vertical, format and interest, and now and then with one that the guard must turn away. Real models have tests of
 * their own.
 */
export function corpusGenerator(options: { onGenerate?: (request: GenerateRequest) => void | Promise<void> } = {}): Generator {
  const corpora = new Map<string, CorpusLine[]>();
  const corpus = (vertical: string): CorpusLine[] => {
    let lines = corpora.get(vertical);
    if (!lines) corpora.set(vertical, (lines = parseCorpus(readFileSync(path.join(WRITER, 'corpus', `${vertical}.txt`), 'utf8'))));
    return lines;
  };
  return {
    identity: { id: 'stand-in-writer', kind: 'writer', name: 'stand-in', directory: WRITER, device: 'cpu', parameters: 0 },
    async generate(request: GenerateRequest, call: CallOptions = {}): Promise<GenerateReply> {
      await options.onGenerate?.(request);
      if (call.signal?.aborted) throw new AdloomError('CANCELLED', 'Cancelled.');
      const [, vertical, format, , interest] = /^<\|vertical\|>(.*?)<\|format\|>(.*?)<\|tone\|>(.*?)<\|interest\|>(.*?)<\|slots\|>/.exec(request.prompt)!;
      const fits = (line: CorpusLine): boolean => {
        const filled = fillSlots(line.text, request.placeholders);
        return filled.ok && graphemeCount(filled.text) <= request.maxGraphemes;
      };
      const all = corpus(vertical!).filter((line) => FORMAT_WORDS[line.format] === format && fits(line));
      const own = all.filter((line) => line.interest === interest);
      const lines = createRng(request.seed).shuffle(own.length > 0 ? [...own] : all.filter((line) => line.interest === ''));
      const generations = Array.from({ length: request.count }, (_, index): Generation => {
        const text = lines[index % lines.length]?.text ?? 'Nothing';
        return { text: index % 5 === 4 ? BAD[(index + request.seed) % BAD.length]! : text, logProbability: -1 - index / 100, complete: true, tokens: 8 };
      });
      return { generations, timing: TIMING };
    },
    close: () => Promise.resolve(),
  };
}

const BAD = ['Only 9 left today', 'Ask Nikolai about it', 'The the end', 'Guaranteed joy', '<price> or nothing at all'];

/** Not a model: the more words person and text share, the likelier the click. */
export function overlapScorer(): Scorer {
  const score = (prefix: string, text: string): { logit: number; probability: number; uncertainty: number } => {
    const words = new Set(wordsIn(prefix.toLowerCase()).map((word) => word.text));
    const logit = -4 + wordsIn(text.toLowerCase()).filter((word) => word.text.length > 3 && words.has(word.text)).length;
    return { logit, probability: 1 / (1 + Math.exp(-logit)), uncertainty: 0.1 };
  };
  return {
    identity: { id: 'stand-in-scorer', kind: 'classifier', name: 'stand-in', directory: '', device: 'cpu', parameters: 0 },
    score: ({ prefix, texts }) => Promise.resolve({ scores: texts.map((text) => score(prefix, text)), timing: TIMING, device: 'cpu' }),
    scoreMany: (pairs) => Promise.resolve(pairs.map(({ prefix, text }) => score(prefix, text))),
    explain: () => Promise.reject(new AdloomError('MODEL_UNAVAILABLE', 'This stand-in explains nothing.')),
    close: () => Promise.resolve(),
  };
}
