/** What the base language model reads: how headlines, slogans and listings sound, and which titles follow which. */
import { createRng, hash32 } from '../../base/rng';
import { documentBuilder, type Documents } from '../../ml/train/documents';
import type { BpeTokenizer } from '../../ml/tokenizer/bpe';
import { readGames, readNews, readSentences, readUpworthy } from './sources';
import { storySplits } from './ctr-data';
import { splitOf } from './splits';
import { END_OF_TEXT, TEXT_MARK } from './vocabulary';
import { isHeldOut, readCopyCorpus, writerText } from './writer-documents';

export interface BaseText {
  /** Context and text; the context may be empty. */
  about: string;
  text: string;
  /** Holds markers and slots of the writer. */
  special?: boolean;
  /** The context is a list of titles, most of which come again and again. */
  history?: boolean;
}

const LONGEST = 128;
/** One history in so many: what goes with what is the wide part's to learn, and titles teach little English. */
const HISTORY_SHARE = 4;

/** All texts of the training split. Texts of tests that are held out are left out wherever they occur. */
export async function baseTexts(folder: string, corpus: string): Promise<BaseText[]> {
  const upworthy = await readUpworthy(folder);
  const stories = storySplits(upworthy);
  const heldOut = new Set(upworthy.filter((a) => stories.get(a.story) !== 'training').map((a) => a.headline.toLowerCase()));
  const arms = upworthy.filter((a) => stories.get(a.story) === 'training');
  const unique = (texts: string[]): BaseText[] => [...new Set(texts)].map((text) => ({ about: '', text }));
  const sentences = (await readSentences(folder)).filter((s) => !heldOut.has(s.text.toLowerCase()));
  const { people } = await readGames(folder);
  const histories = people
    .filter((p) => splitOf(p.person) === 'training' && p.history.length > 0 && hash32(`history:${p.person}`) % HISTORY_SHARE === 0)
    .map((p) => ({ about: p.history.slice(-4).join(' | '), text: p.next, history: true }));
  const news = new Map<string, string[]>();
  for (const click of await readNews(folder)) {
    if (click.clicked && splitOf(click.person) === 'training') news.set(click.person, [...(news.get(click.person) ?? []), click.title]);
  }
  const reading = [...news.values()].map((titles) => ({ about: titles.slice(0, -1).slice(-6).join(' | '), text: titles.at(-1)!, history: true }));
  const lines = (await readCopyCorpus(corpus)).filter((line) => !isHeldOut(line));
  const copy = lines.map((line) => ({ about: '', text: writerText(line, line.slots), special: true }));
  return [
    ...unique(arms.map((a) => a.headline)),
    ...unique(arms.map((a) => a.lede).filter((l) => l !== '')),
    ...sentences,
    ...histories,
    ...reading,
    ...copy,
  ];
}

/**
 * What the tokenizer learns its words from: titles of histories once each, so that a popular game does not take the place of
 * a common word.
 */
export function tokenizerTexts(texts: readonly BaseText[]): string[] {
  const titles = new Set(texts.filter((t) => t.history).flatMap((t) => [...t.about.split(' | '), t.text]));
  return [...titles, ...texts.filter((t) => !t.history).flatMap((t) => [t.about, t.text])];
}

/** Texts as documents, a fiftieth of them for validation. */
export function baseDocuments(texts: readonly BaseText[], tokenizer: BpeTokenizer): { training: Documents; validation: Documents } {
  const training = documentBuilder();
  const validation = documentBuilder();
  const end = tokenizer.tokenId(END_OF_TEXT)!;
  const mark = tokenizer.tokenId(TEXT_MARK)!;
  const order = createRng(7).shuffle([...texts]);
  for (const { about, text, special } of order) {
    const mode = special ? 'recognise' : 'text';
    const tail = tokenizer.encode(text, { specials: mode }).slice(0, LONGEST - 4);
    const room = LONGEST - tail.length - 3;
    const context = about === '' ? [] : tokenizer.encode(about, { specials: 'text' }).slice(-Math.max(0, room));
    // The mark stands before every text, as it does before every text that the ranker reads.
    const ids = [end, ...context, ...(special ? [] : [mark]), ...tail, end];
    (hash32(`document:${about}:${text}`) % 50 === 0 ? validation : training).add(ids, 1);
  }
  return { training: training.build(), validation: validation.build() };
}
