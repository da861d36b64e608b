import type { Vertical } from '../entities/campaign';
import type { Consent, RecentItem } from '../entities/profile';
import { barredTermsIn } from './barred-attributes';

/** How many titles a model reads: as many as the shipped classifier saw in training. */
export const PROFILE_TEXT_ITEMS = 8;
const SEPARATOR = ' | ';

/**
 * What the models read of a person: titles of recent items, newest last, joined by ` | `. Attributes never enter it.
 * Empty without consent for personalisation. For a regulated vertical, items that give a barred attribute away stay out.
 */
export function profileText(
  profile: { readonly consent: Consent; readonly recentItems: readonly RecentItem[] },
  options: { vertical?: Vertical; items?: number } = {},
): string {
  if (!profile.consent.personalisation) return '';
  const { vertical = 'OTHER', items = PROFILE_TEXT_ITEMS } = options;
  return profile.recentItems
    .map((item) => ({ title: titleOf(item.text), category: item.category ?? '' }))
    .filter(({ title, category }) => title !== '' && barredTermsIn(`${title} / ${category}`, vertical).length === 0)
    .slice(-items)
    .map(({ title }) => title)
    .join(SEPARATOR);
}

/** A title may not look like two. */
function titleOf(text: string): string {
  return text.replace(/[|\p{Cc}]+/gu, ' ').replace(/\s+/g, ' ').trim().slice(0, 120);
}
