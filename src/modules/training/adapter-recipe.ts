/** What of an adapter learns from how many choices. */
import type { RowEffects } from '../../ml/baseline/row-effects';
import type { StudentPrior } from '../../ml/baseline/student-prior';
import { LORA_TARGETS, type LoraConfig } from '../../ml/lora/sites';

/**
 * `words`: what words count, around what they counted at the start; layers stay as they are. Exact and quick, and as careful as the log is small.
 * `layers`: low-rank changes of every layer, and the head.
 */
export type Learns = 'words' | 'layers';

/** Logged choices from which layers learn; fewer teach words. */
const LAYERS_FROM = 50_000;

export function learnsFrom(choices: number): Learns {
  return choices < LAYERS_FROM ? 'words' : 'layers';
}

/** No masks of its own: those of the body are there already, and they cost a sixth of the step. */
export const LORA_DEFAULTS: LoraConfig = { rank: 8, alpha: 16, dropout: 0, targets: LORA_TARGETS, head: true };

/** PEFT knows no adapter without a layer: one of a single rank, which adds nothing, stands in. */
export const NO_LAYERS: LoraConfig = { rank: 1, alpha: 1, dropout: 0, targets: ['mlp.c_proj'], layers: [0], head: false };

/**
 * Of the priors around where a log begins, in log-odds of the base: 1 over the variance. Single words and signs are what logs of other copy have in
 * common, and may move far; pairs of words and runs of characters stand in few texts each. Trust is what the base's own logit counts.
 */
export const PRECISION = { words: 0.3, others: 10, trust: 30 } as const;

/** Of single words and signs that are to be carried to other copy: more of what holds there is theirs, and less is of what stands in few texts. */
export const WORDS_CARRIED = 0.1;

/** Where something is known already, how far it holds for the new log is for the log to say: so many times as strong a prior, each as far as it explains it. */
export const STRENGTHS_FROM_START = [1, 3] as const;

/** For words that are to be carried to other copy: hardly any counts, and those that do may count much. In units of the normal prior's variance. */
export const FEW_WORDS: StudentPrior = { freedom: 2, variance: 0.05, rounds: 4 };

/**
 * Words of which any two count together too, in copy that words are carried to: as many as matter. Two that are liked for the same add less
 * than both. Of 300 words, or of all, pairs are worth no more.
 */
export const WORDS_TOGETHER = 100;

/**
 * What a text is liked for beside its words: however often it was shown, it says no more of them than this leaves, and one that is far from
 * what its words say is taken for one of a kind. Two degrees of freedom at half the variance are as good; there such a text is not told apart.
 */
export const TEXT_EFFECTS: RowEffects = { freedom: 4, variance: 0.1 };
