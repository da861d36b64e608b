/** Cuts what is to be scored into runs of the model: enough tokens to fill its matrix products, few enough to stay in cache. */
import type { EncodedPrefix, EncodedText } from '../gpt2/rank-text';

/** A text to be scored, and where its score goes. */
export interface Candidate {
  /** As it came. */
  written: string;
  text: EncodedText;
  place: number;
  /** Log-odds that are added to the model's. */
  nearness: number;
}

export interface CandidateGroup {
  prefix: EncodedPrefix;
  candidates: Candidate[];
}

/** Attention reads groups side by side, small ones padded to the largest: at most so many slots of each token. */
const SLOTS_PER_TOKEN = 3;

/**
 * Groups of like size and length share a run, so that little of it is padding. A group too large for a run is cut, its prefix
 * computed for each part.
 * @param runTokens tokens of one run, about
 */
export function* cutRuns<Group extends CandidateGroup>(groups: readonly Group[], runTokens: number): Generator<Group[]> {
  let run: Group[] = [];
  let [tokens, most, longest] = [0, 0, 0];
  for (const group of groups.toSorted((a, b) => a.candidates.length - b.candidates.length || tokensOf(a) - tokensOf(b))) {
    const { prefix, candidates } = group;
    for (let at = 0; at < candidates.length; ) {
      const room = fitting(candidates, at, runTokens - tokens - prefix.ids.length);
      const part = candidates.slice(at, at + Math.max(1, room));
      const length = part.reduce((max, { text }) => Math.max(max, text.ids.length), longest);
      const padded = (run.length + 1) * Math.max(most, part.length) * length > SLOTS_PER_TOKEN * runTokens;
      if (run.length > 0 && (room === 0 || padded)) {
        yield run;
        [run, tokens, most, longest] = [[], 0, 0, 0];
        continue;
      }
      run.push({ ...group, candidates: part });
      tokens += prefix.ids.length + part.reduce((sum, { text }) => sum + text.ids.length, 0);
      [most, longest, at] = [Math.max(most, part.length), length, at + part.length];
    }
  }
  if (run.length > 0) yield run;
}

/** How many candidates from `at` on have room in so many tokens. */
function fitting(candidates: readonly Candidate[], at: number, tokens: number): number {
  let end = at;
  for (let left = tokens; end < candidates.length; end++) {
    left -= candidates[end]!.text.ids.length;
    if (left < 0) break;
  }
  return end - at;
}

function tokensOf({ prefix, candidates }: CandidateGroup): number {
  return prefix.ids.length + ownTokens(candidates);
}

/** Tokens of texts, without their prefix. */
export function ownTokens(candidates: readonly Candidate[]): number {
  return candidates.reduce((sum, { text }) => sum + text.ids.length, 0);
}
