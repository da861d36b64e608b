import { createRng } from '../../../src/base/rng';

/** Ordinary lines to learn a vocabulary from, in several scripts. */
export const LINES: readonly string[] = [
  'Mud is part of the plan', 'Run further, carry less', 'The shoe that likes the rain', "Don't wait: the rain won't, and they'll be gone",
  'Learn to cook with what you have', 'Save a little; sleep a lot', 'What a fund costs - in plain words', 'A café in every town, prêt à 8h',
  'Straße, Brücke, Überraschung', '東京の朝ごはん、毎日すこし', 'Привет, большая дорога', 'مرحبا بالعالم', 'हिन्दी में सीखें', 'emoji 🙂🙂 and 👩‍👩‍👧 in the rain',
  'From 10 to 100 in 2026, ½ the weight (0.75 kg)', 'rain   rain\tand\n\n  more rain ', 'IT\'S "QUOTED" \'text\' & signs: #1, @you, 50%!!',
]; // prettier-ignore

export const SPECIALS = ['<|endoftext|>', '<|copy|>', '<product>', '<offer>'] as const;

const POOLS = [
  "abcde xyz RAIN 0189 '’\"!?.,;:-_()\n\t\r  ",
  'éüñßøÅæçÇİıſK',
  '日本語한국어العربيةעבריתहिन्दीПривет',
  '😀👩‍👧🇬🇧❤️½²③Ⅷ٣',
  '\u0000\u0001\u007f\u0085\u00a0\u00ad\u200b\u200d\u2028\u3000\ufeff\ufffd\u0301\u0308',
].map((pool) => [...pool]);
const PIECES = ["'s", "'ll", "'LL", '<|endoftext|>', '<product>', '<prod', '<<|copy|>>', '<|copy|', '  ', '\n\n', ' \n ', "n't", 'the rain', ' plan'];

/** Strings made to hurt: mixed scripts, runs of white space, half special tokens, every sign, lone surrogates. */
export function hardTexts(count: number, seed: number): string[] {
  const rng = createRng(seed);
  const pick = <T>(items: readonly T[]): T => items[rng.int(items.length)]!;
  return Array.from({ length: count }, (_, i) => {
    const parts = Array.from({ length: rng.int(24) }, () => {
      if (i % 10 === 9) return String.fromCharCode(rng.int(65536));
      return rng.next() < 0.2 ? pick(PIECES) : pick(rng.next() < 0.5 ? POOLS[0]! : pick(POOLS));
    });
    return parts.join('');
  });
}
