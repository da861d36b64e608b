'use strict';
/**
 * Judges written headlines by what can be read off them and their campaign's facts alone. It shares no code with the guard,
 * which would otherwise be asked to find its own mistakes.
 */

const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' });
const graphemes = (text) => [...segmenter.segment(text)].length;
const simple = (text) => text.toLowerCase().replace(/[’']/g, '').replace(/[^\p{L}\p{N}<>£€$%]+/gu, ' ').trim();
const wordsOf = (text) => text.toLowerCase().replace(/’/g, "'").match(/\p{L}+(?:'\p{L}+)*/gu) ?? [];
const withoutGenitive = (word) => word.replace(/'s$/, '');
const numbersOf = (text) => text.match(/\d+(?:[.,]\d+)*/g) ?? [];
const pricesOf = (text) => text.match(/[£€$¥₹]\s?\d+(?:[.,]\d+)*/g) ?? [];

/** A price in the ways that people write it. */
function pricesFor({ amount, currency }) {
  const written = (digits) => new Intl.NumberFormat('en-GB', { style: 'currency', currency, minimumFractionDigits: digits, maximumFractionDigits: digits }).format(amount);
  return [...(Number.isInteger(amount) ? [written(0)] : []), written(2)];
}

/** Capitalised words that open no sentence. */
function namesIn(text) {
  return [...text.matchAll(/\p{Lu}[\p{L}'’]*/gu)]
    .filter(({ index }) => !/\p{L}$/u.test(text.slice(0, index)))
    .filter(({ index }) => {
      const before = text.slice(0, index).replace(/["'“‘(\s]+$/, '');
      return before !== '' && !/[.!?:]$/.test(before);
    })
    .map(([word]) => word);
}

/** Share of character pairs that two texts have in common (Dice). */
function likeness(a, b) {
  const pairs = (text) => {
    const counts = new Map();
    for (let i = 0; i + 1 < text.length; i++) counts.set(text.slice(i, i + 2), (counts.get(text.slice(i, i + 2)) ?? 0) + 1);
    return counts;
  };
  const [left, right] = [pairs(a), pairs(b)];
  let shared = 0;
  for (const [pair, count] of left) shared += Math.min(count, right.get(pair) ?? 0);
  return (2 * shared) / Math.max(1, a.length + b.length - 2);
}
const NEAR = 0.85;

/**
 * @param headlines {{ text, template, facts: string[], price: { amount, currency } | null, bannedWords: string[] }[]}
 *   facts: everything the campaign says of its product, and the interest the line was written for
 * @param options {{ limit: number, corpus: string[] }} corpus: its headlines, slots unfilled
 */
function judge(headlines, { limit, corpus }) {
  const found = { overLimit: [], foreignNumbers: [], foreignNames: [], bannedWords: [] };
  for (const { text, facts, price, bannedWords } of headlines) {
    const known = [...facts, ...(price === null ? [] : pricesFor(price))];
    const numbers = new Set(known.flatMap(numbersOf));
    const words = new Set(known.flatMap(wordsOf).map(withoutGenitive));
    const strange = [...numbersOf(text).filter((each) => !numbers.has(each)), ...pricesOf(text).filter((each) => !known.some((fact) => fact.includes(each)))];
    const names = namesIn(text).filter((name) => {
      const word = name.toLowerCase().replace(/’/g, "'");
      return !/^i(?:'|$)/.test(word) && !words.has(withoutGenitive(word));
    });
    if (graphemes(text) > limit) found.overLimit.push(text);
    if (strange.length > 0) found.foreignNumbers.push(`${text}  (${strange.join(', ')})`);
    if (names.length > 0) found.foreignNames.push(`${text}  (${names.join(', ')})`);
    const line = ` ${simple(text)} `;
    if (bannedWords.some((word) => line.includes(` ${simple(word)} `))) found.bannedWords.push(text);
  }
  const distinct = [...new Set(headlines.map(({ text }) => simple(text)))];
  const apart = [];
  for (const text of distinct) if (apart.every((other) => likeness(text, other) < NEAR)) apart.push(text);
  const lines = new Set(corpus.map(simple));
  const total = Math.max(1, headlines.length);
  return {
    headlines: headlines.length,
    ...found,
    distinct: distinct.length / total,
    distinctEnough: apart.length / total,
    distinctTemplates: new Set(headlines.map(({ template }) => simple(template))).size / total,
    corpusLines: headlines.filter(({ template }) => lines.has(simple(template))).length / total,
  };
}

const LEAST_DISTINCT = 0.9;

/** What breaks the promise: no headline over its limit, none with a number or name of somebody else, nine in ten distinct. */
function failures(verdict) {
  const failed = ['overLimit', 'foreignNumbers', 'foreignNames', 'bannedWords'].filter((name) => verdict[name].length > 0);
  return verdict.distinct < LEAST_DISTINCT ? [...failed, 'distinct'] : failed;
}

module.exports = { judge, failures };
