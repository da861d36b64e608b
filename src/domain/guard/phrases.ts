import { fold, foldWithOrigin } from '../copy/text-fold';
import type { Span } from './guard';
import { unmaskLetters } from './unmask-letters';

const WORD_CHARACTER = /[\p{L}\p{N}]/u;

/** Where a word or phrase stands in a text as whole words, whatever the letter case, accents and spacing, and in letters that look like its own. */
export function findPhrase(text: string, phrase: string): Span[] {
  const wanted = fold(phrase).trim().split(/\s+/).filter((part) => part !== '');
  if (wanted.length === 0) return [];
  const pattern = new RegExp(wanted.map((part) => part.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&')).join('[\\s-]+'), 'g');
  const spans = wholeWords(text, pattern);
  const shown = unmaskLetters(text);
  if (shown === text) return spans;
  const masked = wholeWords(shown, pattern).filter(({ start, end }) => !spans.some((span) => span.start < end && start < span.end));
  return [...spans, ...masked].sort((a, b) => a.start - b.start);
}

function wholeWords(text: string, pattern: RegExp): Span[] {
  const { text: folded, origin } = foldWithOrigin(text);
  const spans: Span[] = [];
  pattern.lastIndex = 0;
  for (let match = pattern.exec(folded); match; match = pattern.exec(folded)) {
    const end = match.index + match[0].length;
    const joinedBefore = match.index > 0 && WORD_CHARACTER.test(folded[match.index - 1]!) && WORD_CHARACTER.test(match[0][0]!);
    const joinedAfter = end < folded.length && WORD_CHARACTER.test(folded[end]!) && WORD_CHARACTER.test(folded[end - 1]!);
    if (!joinedBefore && !joinedAfter) spans.push({ start: origin[match.index]!, end: origin[end]! });
    // Within what is no phrase another may begin.
    else pattern.lastIndex = match.index + 1;
  }
  return spans;
}
