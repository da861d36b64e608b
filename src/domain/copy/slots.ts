/** Slots: the only places in written copy where a fact may stand. The writer's tokenizer knows each as one token. */
export const SLOTS = ['<product>', '<brand>', '<offer>', '<price>', '<feature>', '<interest>'] as const;
export type Slot = (typeof SLOTS)[number];

export function isSlot(text: string): text is Slot {
  return (SLOTS as readonly string[]).includes(text);
}

const SLOT = /<(?:product|brand|offer|price|feature|interest)>/g;

/** Slots of a text in the order they stand, repeats included. */
export function slotsIn(text: string): Slot[] {
  return (text.match(SLOT) ?? []) as Slot[];
}

export function hasSlot(text: string): boolean {
  return text.search(SLOT) >= 0;
}
