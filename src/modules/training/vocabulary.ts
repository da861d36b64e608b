import { SLOTS } from '../../domain/copy/slots';

export const END_OF_TEXT = '<|endoftext|>';
/** Stands between what is known about a person and the text in question. */
export const TEXT_MARK = '<|text|>';

/** Tokens that no text of people can spell; the writer's markers and slots are among them. */
export const SPECIAL_TOKENS = [
  TEXT_MARK, '<|vertical|>', '<|format|>', '<|tone|>', '<|interest|>', '<|slots|>', '<|copy|>', ...SLOTS, END_OF_TEXT,
] as const;
