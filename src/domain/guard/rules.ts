import type { GuardRule } from './guard';
import { bannedWords } from './rules/banned-words';
import { barredAttributes } from './rules/barred-attributes';
import { blank } from './rules/blank';
import { controlCharacters } from './rules/control-characters';
import { length } from './rules/length';
import { memorisedText } from './rules/memorised-text';
import { nearDuplicates } from './rules/near-duplicates';
import { repeatedWords } from './rules/repeated-words';
import { requiredDisclaimer } from './rules/required-disclaimer';
import { shouting } from './rules/shouting';
import { unfilledSlots } from './rules/unfilled-slots';
import { unfinished } from './rules/unfinished';
import { unfoundedClaims } from './rules/unfounded-claims';
import { unknownNames } from './rules/unknown-names';
import { unknownNumbers } from './rules/unknown-numbers';

/** Every rule of the guard. A new rule is a file beside this one and a line here. */
export const GUARD_RULES: readonly GuardRule[] = [
  blank,
  length,
  controlCharacters,
  unfilledSlots,
  bannedWords,
  unknownNumbers,
  unknownNames,
  unfoundedClaims,
  barredAttributes,
  requiredDisclaimer,
  nearDuplicates,
  memorisedText,
  shouting,
  repeatedWords,
  unfinished,
];
