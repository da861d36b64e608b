/** Small deterministic models for tests that are about everything round a model; the real ones have suites of their own. */
import { AdloomError } from '../../src/base/errors';
import { hash32 } from '../../src/base/rng';
import type { WordContribution } from '../../src/ml/explain/explainer';
import type { Generator, Score, ScoreExplanation, Scorer } from '../../src/ml/serve/types';

const words = (text: string): Set<string> => new Set(text.toLowerCase().match(/[a-z]{4,}/g) ?? []);

/** A click is likelier the more words the copy shares with the person; texts nobody shares words with differ by a hash. */
export function wordScorer(): Scorer & { calls: { prefix: string; texts: readonly string[] }[] } {
  const calls: { prefix: string; texts: readonly string[] }[] = [];
  const scoreOne = (prefix: string, text: string): Score => {
    const known = words(prefix);
    const shared = [...words(text)].filter((word) => known.has(word)).length;
    const logit = -3 + shared + (hash32(text) % 1000) / 2000;
    return { logit, probability: 1 / (1 + Math.exp(-logit)), uncertainty: 0.25 };
  };
  return {
    calls,
    identity: { id: 'word-scorer', kind: 'classifier', name: 'word-scorer', directory: '/nowhere', device: 'cpu', parameters: 0 },
    async score({ prefix, texts }, { signal } = {}) {
      if (signal?.aborted) throw new AdloomError('CANCELLED', 'The caller went away.');
      calls.push({ prefix, texts });
      return { scores: texts.map((text) => scoreOne(prefix, text)), timing: { tokeniseMs: 0.1, queueMs: 0, inferenceMs: 1 }, device: 'cpu' };
    },
    scoreMany: (pairs) => Promise.resolve(pairs.map(({ prefix, text }) => scoreOne(prefix, text))),
    explain: ({ prefix, text }) => Promise.resolve(explainWords(prefix, text, scoreOne(prefix, text))),
    close: () => Promise.resolve(),
  };
}

/** Each shared word is worth 1, half of it on either side; the rest is the baseline. */
function explainWords(prefix: string, text: string, score: Score): ScoreExplanation {
  const [known, told] = [words(prefix), words(text)];
  const side = (source: 'PREFIX' | 'TEXT', own: string, other: Set<string>): WordContribution[] =>
    Array.from(own.matchAll(/[a-z]{4,}/gi), (match, index) => ({
      source, word: match[0], index, start: match.index, end: match.index + match[0].length, contribution: other.has(match[0].toLowerCase()) ? 0.5 : 0,
    }));
  const all = [...side('PREFIX', prefix, told), ...side('TEXT', text, known)];
  const difference = all.reduce((sum, word) => sum + word.contribution, 0);
  const logit = score.logit - difference;
  return {
    score, difference, words: all,
    baseline: { logit, probability: 1 / (1 + Math.exp(-logit)) },
    parts: { deep: 0, wide: 0, grams: 0, nearness: difference, learnt: 0 },
    gap: 0, steps: 0, timing: { tokeniseMs: 0, queueMs: 0, inferenceMs: 0 },
  };
}

const LINES = [
  'Mud is part of the plan', 'Roots, rocks, repeat', 'Leave the road to others', 'The long way home', 'Climb before coffee',
  'Rain makes the path yours', 'Follow the ridge', 'Where tarmac ends', 'Lace up and vanish', 'A hill is a friend',
  'Every puddle counts', 'Take the steep one', 'Stay out until dusk', 'Quiet woods, loud heart', 'Bring a dry pair of socks',
];

/** Writes well-formed lines, another for each seed. */
export function lineGenerator(): Generator {
  return {
    identity: { id: 'line-generator', kind: 'writer', name: 'line-generator', directory: '/nowhere', device: 'cpu', parameters: 0 },
    async generate({ count, seed, maxGraphemes }, { signal } = {}) {
      if (signal?.aborted) throw new AdloomError('CANCELLED', 'The caller went away.');
      const generations = Array.from({ length: count }, (_, index) => LINES[(seed + index) % LINES.length]!)
        .map((text) => (text.length <= maxGraphemes ? text : 'See the path'))
        .map((text) => ({ text, logProbability: -2, complete: true, tokens: text.split(' ').length }));
      return { generations, timing: { tokeniseMs: 0, queueMs: 0, inferenceMs: 1 } };
    },
    close: () => Promise.resolve(),
  };
}
