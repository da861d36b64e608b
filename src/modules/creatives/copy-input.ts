import { checkCopy, guardContextOf, isBlocked } from '../../domain/guard/check-copy';
import type { Campaign } from '../../domain/entities/campaign';
import type { Creative, Finding } from '../../domain/entities/creative';
import { Checker } from '../input/problems';
import { checkText, checkUrl } from '../input/text';

/** What a caller may set of a creative's copy. Absent leaves as it is; null empties what may be empty. */
export interface CopyPatch {
  readonly headline?: string;
  readonly body?: string | null;
  readonly callToAction?: string | null;
  readonly imageUrl?: string | null;
}

type CopyOf = Pick<Creative, 'headline' | 'body' | 'callToAction' | 'imageUrl'>;

export function applyCopy(copy: CopyOf, patch: CopyPatch): CopyOf {
  return {
    headline: patch.headline?.trim() ?? copy.headline,
    body: patch.body === undefined ? copy.body : blankToNull(patch.body),
    callToAction: patch.callToAction === undefined ? copy.callToAction : blankToNull(patch.callToAction),
    imageUrl: patch.imageUrl === undefined ? copy.imageUrl : blankToNull(patch.imageUrl),
  };
}

/** Refuses what no row should hold; whether the copy is fit to run is the guard's to say (`findingsOf`). */
export function checkCopyInput(copy: CopyOf): void {
  const check = new Checker();
  checkText(check, 'headline', copy.headline, { max: 300 });
  checkText(check, 'body', copy.body, { max: 2_000, multiline: true });
  checkText(check, 'callToAction', copy.callToAction, { max: 100 });
  checkUrl(check, 'imageUrl', copy.imageUrl);
  check.orThrow();
}

export function findingsOf(campaign: Campaign, copy: CopyOf): Finding[] {
  return checkCopy(copy, guardContextOf(campaign)).map(({ rule, severity, field, message }) => ({ rule, severity, field, message }));
}

export { isBlocked };

function blankToNull(text: string | null): string | null {
  return text === null || text.trim() === '' ? null : text.trim();
}
