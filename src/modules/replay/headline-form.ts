/** How a headline is built, whatever it is about: its length, its punctuation, its capitals, whom it addresses. */
const WORDS = 'this these you your we our they he she his her him it that why how what who when if but and so not no never one man woman kid girl boy guy just'.split(' ');
const SIGNS: readonly RegExp[] = [/\./g, /\?/g, /!/g, /\.\.\.|…/g, /'/g, /["“]/g, /,/g, /:/g, /-/g, /\*/g, /\d+/g, /[.?!]+\s/g];
const TRAITS: readonly RegExp[] = [/\d/, /^\d/, /^['"]/, /\.$/, /\?$/, /!$/, ...WORDS.map((word) => new RegExp(`\\b${word}\\b`, 'i'))];

export function headlineForm(text: string): number[] {
  const words = text.split(/\s+/).filter((word) => word !== '');
  const n = Math.max(1, words.length);
  const capital = words.filter((word) => /^\p{Lu}/u.test(word)).length;
  const shouted = words.filter((word) => /^\p{Lu}{2,}/u.test(word)).length;
  const letters = words.reduce((sum, word) => sum + word.length, 0);
  return [
    text.length, text.length ** 2, n, Math.log(n), letters / n, capital / n, shouted,
    ...SIGNS.map((sign) => text.match(sign)?.length ?? 0),
    ...TRAITS.map((trait) => Number(trait.test(text))),
  ];
}
