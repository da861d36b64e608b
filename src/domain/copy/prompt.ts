import { COPY_FORMATS, FORMAT_WORDS, type CopyFormat } from './format';
import { SLOTS, slotsIn, type Slot } from './slots';

export interface PromptParts {
  /** Any letter case: ECOMMERCE and ecommerce are one. */
  vertical: string;
  format: CopyFormat;
  tone: string;
  /** What the person is into, strongest first; empty when nothing may be known. */
  interests: readonly string[];
  /** Slots that have a fact to fill them. */
  slots: readonly Slot[];
}

/**
 * The writer's prompt. Training and serving both build it here, and nowhere else: a prompt that differs from those the
 * model was trained on by so much as a space gives worse copy.
 */
export function writerPrompt(parts: PromptParts): string {
  const slots = SLOTS.filter((slot) => parts.slots.includes(slot)).join('');
  const interests = parts.interests.map(promptWords).filter((interest) => interest !== '');
  return (
    `<|vertical|>${promptWords(parts.vertical)}<|format|>${FORMAT_WORDS[parts.format]}<|tone|>${promptWords(parts.tone)}` +
    `<|interest|>${interests.join(', ')}<|slots|>${slots}<|copy|>`
  );
}

/** What a prompt of `writerPrompt` says; null for any other text. The way back is exact: writing it again gives the same prompt. */
export function readPrompt(prompt: string): PromptParts | null {
  const [, vertical, word, tone, interests, slots] = PROMPT.exec(prompt) ?? [];
  const format = COPY_FORMATS.find((each) => FORMAT_WORDS[each] === word);
  if (vertical === undefined || !format) return null;
  return { vertical, format, tone: tone!, interests: interests === '' ? [] : interests!.split(', '), slots: slotsIn(slots!) };
}

const PROMPT = /^<\|vertical\|>([^<|]*)<\|format\|>([^<|]*)<\|tone\|>([^<|]*)<\|interest\|>([^<|]*)<\|slots\|>((?:<[a-z]+>)*)<\|copy\|>$/;

/** Lower case, single spaces, and none of the characters that could pass for a marker. */
export function promptWords(text: string): string {
  return text
    .normalize('NFC')
    .toLowerCase()
    .replace(/[<>|\p{Cc}\p{Cf}_]+/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, 60);
}
