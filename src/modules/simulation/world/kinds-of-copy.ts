/** Kinds of copy, told by words alone: what the world's people have tastes for. */
export const KINDS = ['PRICE', 'URGENT', 'PERSONAL', 'CALM', 'PLAIN', 'BOLD'] as const;
export type Kind = (typeof KINDS)[number];

const SIGNS: Readonly<Record<Kind, RegExp>> = {
  PRICE: /[£€$%]|\b(?:free|price|fee|off|cost|half|save|saved|saving)\b/giu,
  URGENT: /\b(?:today|tonight|now|until|before|soon|ends?|last|week|first|start|begin)\b/giu,
  PERSONAL: /\b(?:you|your|yours|yourself)\b|\?/giu,
  CALM: /\b(?:slow|slowly|quiet|gently|little|small|softly|kind|warm|mornings?|evenings?|patience|wait|rest|long)\b/giu,
  PLAIN: /\b(?:plan|list|steps?|page|how|order|clear|simple|check|read|see|look|compare|table|with)\b/giu,
  BOLD: /\b(?:never|hard|beat|take|make|go|get|every|own|no|not|more|out)\b/giu,
};

/** How much of each kind a text is, 0 to 1, in the order of `KINDS`: the first sign counts most. */
export function kindsOf(text: string): number[] {
  return KINDS.map((kind) => 1 - 0.35 ** (text.match(SIGNS[kind])?.length ?? 0));
}
