/** The parts a creative is made of, their names in a writer's prompt, and how long each may be. */
export const COPY_FORMATS = ['HEADLINE', 'BODY', 'CALL_TO_ACTION'] as const;
export type CopyFormat = (typeof COPY_FORMATS)[number];

/** In graphemes, slots filled. */
export type CopyLimits = Readonly<Record<CopyFormat, number>>;

export const DEFAULT_LIMITS: CopyLimits = { HEADLINE: 30, BODY: 90, CALL_TO_ACTION: 20 };

/** The word that stands for a format behind `<|format|>`. */
export const FORMAT_WORDS: Readonly<Record<CopyFormat, string>> = {
  HEADLINE: 'headline',
  BODY: 'body',
  CALL_TO_ACTION: 'call to action',
};

/** First letter of a line in the corpus. */
export const FORMAT_LETTERS: Readonly<Record<string, CopyFormat>> = { H: 'HEADLINE', B: 'BODY', C: 'CALL_TO_ACTION' };

/** Reads a format as people write it: `headline`, `Call to action`, `CALL_TO_ACTION`, `cta`. */
export function parseFormat(text: string): CopyFormat | null {
  const name = text.trim().toUpperCase().replace(/[\s-]+/g, '_');
  if (name === 'CTA' || name === 'ACTION') return 'CALL_TO_ACTION';
  if (name === 'DESCRIPTION') return 'BODY';
  return COPY_FORMATS.find((format) => format === name) ?? null;
}
