/** Letters that are drawn as Latin ones are, each in its own case; the clear ones of those in Unicode Technical Standard 39. */
const LOOKALIKES = [
  ['АВЕЅІЈКМНОРСТУХԚԜӀаеѕіјкорсухһԁԛԝӏ', 'ABESIJKMHOPCTYXQWIaesijkopcyxhdqwl'],
  ['ΑΒΕΖΗΙΚΜΝΟΡΤΥΧαγεηικνορτυχω', 'ABEZHIKMNOPTYXayenikvoptuxw'],
] as const;
const LATIN = new Map(LOOKALIKES.flatMap(([other, latin]) => [...other].map((letter, i) => [letter, latin[i]!])));

const SCRIPTS = { latin: /\p{Script=Latin}/u, cyrillic: /\p{Script=Cyrillic}/u, greek: /\p{Script=Greek}/u };
type Script = keyof typeof SCRIPTS;
const WORD = /[\p{L}\p{N}\p{M}\p{Cf}]+/gu;

/**
 * A text as it looks to who reads Latin: words that mix scripts, or that have nothing but letters drawn as Latin ones, in Latin letters.
 * What else the text has in Cyrillic or Greek shows that such a word is honest. Every character stays where it is; what a letter takes
 * less than what stood for it is filled with spaces of no width.
 */
export function unmaskLetters(text: string): string {
  if (!/[\p{Script=Cyrillic}\p{Script=Greek}]/u.test(text.normalize('NFKD'))) return text;
  const words = text.match(WORD) ?? [];
  const honest = new Set(words.filter((word) => scriptsOf(word).length === 1 && !isDrawnAsLatin(word)).map((word) => scriptsOf(word)[0]!));
  return text.replace(WORD, (word) => {
    const scripts = scriptsOf(word);
    const masked = scripts.length > 1 || (scripts.length === 1 && scripts[0] !== 'latin' && isDrawnAsLatin(word) && !honest.has(scripts[0]!));
    return masked ? Array.from(word, inLatin).join('') : word;
  });
}

function scriptsOf(word: string): Script[] {
  const plain = word.normalize('NFKD');
  return (Object.keys(SCRIPTS) as Script[]).filter((script) => SCRIPTS[script].test(plain));
}

function isDrawnAsLatin(word: string): boolean {
  return (word.normalize('NFKD').match(/\p{L}/gu) ?? []).every((letter) => LATIN.has(letter));
}

function inLatin(character: string): string {
  const [letter] = character.normalize('NFKD');
  return (LATIN.get(letter!) ?? character).padEnd(character.length, '\u200b');
}
