import type { Creative } from '../../domain/entities/creative';
import type { Explanation } from '../../domain/entities/prediction';
import { fold, wordsIn } from '../../domain/copy/text-fold';

/** Words so common that sharing them says nothing. */
const COMMON: ReadonlySet<string> = new Set(
  'a an and are as at be but by for from get have how in into is it its more new no not of off on one or our out over so than that the their them then this to up was we what when who will with you your'.split(' '),
);

/**
 * Which of the person's interests and recent items the copy speaks of. Not what moved the model: that is `explain-prediction.ts`.
 * @param interests names of interests that may be used here, heaviest first; empty without consent
 * @param profileText what the model read of the person
 */
export function explain(creative: Pick<Creative, 'headline' | 'body'>, interests: readonly string[], profileText: string): Explanation {
  const copy = stems(`${creative.headline} ${creative.body ?? ''}`);
  if (interests.length === 0 && profileText === '') {
    return { summary: 'Scored on the copy alone: nothing may be known of the person.' };
  }
  if (profileText === '') return { summary: 'Scored on the copy alone: the model read nothing of the person.' };
  const shared = interests.filter((interest) => [...stems(interest)].some((stem) => copy.has(stem)));
  if (shared.length > 0) return { summary: `Speaks of ${listOf(shared.slice(0, 3))}, which this person follows.` };
  const item = profileText.split(' | ').findLast((title) => [...stems(title)].some((stem) => copy.has(stem)));
  if (item) return { summary: 'Shares words with what this person looked at lately.' };
  return { summary: 'No interest of this person is named in the copy; the model judged its wording as a whole.' };
}

/** Words without case, accents and the commonest English endings, so that "run" meets "running". */
function stems(text: string): Set<string> {
  const found = new Set<string>();
  for (const { text: word } of wordsIn(fold(text))) {
    if (word.length < 3 || COMMON.has(word)) continue;
    found.add(word.replace(/(?:ning|ming|ing|ers|er|ies|es|s|y)$/, ''));
  }
  return found;
}

function listOf(names: readonly string[]): string {
  const quoted = names.map((name) => `"${name}"`);
  return quoted.length === 1 ? quoted[0]! : `${quoted.slice(0, -1).join(', ')} and ${quoted.at(-1)}`;
}
