import type { Checker } from './problems';

export interface TextRule {
  /** In UTF-16 units: a bound on storage, not on how copy looks. */
  max: number;
  /** 1 unless told: a text of blanks alone counts as empty. */
  min?: number;
  /** Line breaks and tabs are allowed. */
  multiline?: boolean;
}

// C0, DEL, C1; then what turns text round or hides in it: bidirectional controls, zero-width space, soft hyphen, line and
// paragraph separators, the byte order mark. Zero-width joiners stay: emoji and several scripts need them.
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u00ad\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]/u;
const CONTROL_BUT_LINES = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u00ad\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]/u;
const LONE_SURROGATE = /\p{Surrogate}/u;

/** Checks one text; null and undefined pass (whether a field may be absent is the schema's to say). */
export function checkText(check: Checker, field: string, value: string | null | undefined, rule: TextRule): void {
  if (value == null) return;
  const min = rule.min ?? 1;
  if (value.trim().length < min) {
    check.add(field, `${field} must have at least ${min} visible character${min === 1 ? '' : 's'}.`);
  }
  if (value.length > rule.max) {
    check.add(field, `${field} may have at most ${rule.max} characters; it has ${value.length}.`, 'Shorten it.');
    return;
  }
  const bad = (rule.multiline ? CONTROL_BUT_LINES : CONTROL).exec(value);
  if (bad) {
    const code = bad[0].codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0');
    check.add(field, `${field} holds the control character U+${code} at position ${bad.index}.`, 'Remove it.');
  } else if (LONE_SURROGATE.test(value)) {
    check.add(field, `${field} is not well-formed Unicode: it holds half of a surrogate pair.`, 'Send valid UTF-8.');
  }
}

/** A list of short texts: bounded in number, each checked, none twice. */
export function checkTexts(check: Checker, field: string, values: readonly string[], most: number, rule: TextRule): void {
  if (values.length > most) {
    check.add(field, `${field} may have at most ${most} entries; it has ${values.length}.`, undefined, 'TOO_LARGE');
    return;
  }
  values.forEach((value, index) => checkText(check, `${field}.${index}`, value, rule));
}

/** Web addresses that a browser may be sent to. */
export function checkUrl(check: Checker, field: string, value: string | null | undefined): void {
  if (value == null) return;
  checkText(check, field, value, { max: 2048 });
  const url = URL.canParse(value) ? new URL(value) : null;
  if (!url || (url.protocol !== 'https:' && url.protocol !== 'http:')) {
    check.add(field, `${field} must be an absolute http or https address.`, 'Example: https://shop.example/alba');
  } else if (url.username !== '' || url.password !== '') {
    check.add(field, `${field} must not carry a user name or password.`);
  }
}
