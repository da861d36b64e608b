import { badInput } from '../../base/errors';
import { DEFAULT_LIMITS } from '../../domain/copy/format';
import { factIndex } from '../../domain/guard/fact-index';
import type { GuardContext } from '../../domain/guard/guard';
import type { Generator } from '../../ml/serve/types';
import { writtenVertical } from '../generation/copy-facts';
import { guardKnowledge } from '../generation/guard-knowledge';
import { writeCopy, type WrittenPiece } from '../generation/write-copy';
import { lineBatches } from '../imports/lines';
import type { ByteSource } from '../imports/row-source';
import { copyOrder, type CopyOrder } from './copy-order';
import { lineError } from './line-error';
import { objectOf, type BulkCounts } from './score-lines';

/**
 * Writes copy for lines `{"vertical", "format", "tone", "interests", "facts", "count", "seed"}`: one line `{"texts": [...]}` each, in
 * order, as they come. The same line gives the same copy. What the guard turned away is counted by rule.
 */
export async function* generateLines(generator: Generator, source: ByteSource, counts: BulkCounts, signal?: AbortSignal): AsyncGenerator<string> {
  for await (const lines of lineBatches(source)) {
    for (const line of lines) {
      let answer: unknown;
      try {
        if (line.problem !== null) throw badInput('line', `The line cannot be read: ${line.problem}.`);
        answer = await write(generator, copyOrder(objectOf(line.text)), signal);
      } catch (error) {
        answer = lineError(line.number, error);
        counts.bad += 1;
      }
      counts.lines += 1;
      yield `${JSON.stringify(answer)}\n`;
    }
  }
}

async function write(generator: Generator, order: CopyOrder, signal?: AbortSignal): Promise<unknown> {
  const guard: GuardContext = {
    ...(await guardKnowledge(generator.identity.directory)),
    vertical: order.vertical,
    strict: true,
    limits: DEFAULT_LIMITS,
    facts: factIndex([...Object.values(order.facts), ...order.interests]),
    bannedWords: order.bannedWords,
    requiredDisclaimer: null,
    existing: [],
  };
  const interests: readonly (string | null)[] = order.interests.length > 0 ? order.interests : [null];
  const pieces: WrittenPiece[] = [];
  const rejected: Record<string, number> = {};
  for (const [turn, interest] of interests.entries()) {
    const count = Math.ceil((order.count - pieces.length) / (interests.length - turn));
    const copy = await writeCopy(
      generator,
      {
        format: order.format,
        vertical: writtenVertical(order.vertical),
        tone: order.tone,
        interest,
        facts: interest === null ? order.facts : { ...order.facts, '<interest>': interest },
        count,
        seed: order.seed + turn,
        temperature: order.temperature,
        guard,
        beside: pieces.map(({ text }) => text),
      },
      signal,
    );
    pieces.push(...copy.pieces);
    for (const [rule, times] of copy.rejected) rejected[rule] = (rejected[rule] ?? 0) + times;
  }
  const texts = pieces.map(({ text, template, interest, logProbability }) => ({ text, template, interest, logProbability: Number(logProbability.toPrecision(6)) }));
  return { texts, rejected };
}
