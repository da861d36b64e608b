/** The data sets that models are trained and judged on, as plain records. `folder` holds one sub-folder per set. */
import path from 'node:path';
import type { ColumnMap } from '../imports/column-map';
import { htmlText } from '../imports/html-text';
import { readCsv } from './read-csv';

export interface UpworthyArm {
  test: string;
  /** Tests that share a headline, directly or through others, are one story. */
  story: string;
  image: string;
  headline: string;
  lede: string;
  impressions: number;
  clicks: number;
}

export interface GamesPerson {
  person: string;
  /** Titles, oldest first. */
  history: string[];
  next: string;
}

export interface NewsClick {
  person: string;
  title: string;
  clicked: boolean;
}

export function readUpworthy(folder: string): Promise<UpworthyArm[]> {
  return readHeadlineArms(path.join(folder, 'upworthy', 'train.csv'));
}

/** Of any publisher: `map` says what its columns are named, where not as in the archive. */
export async function readHeadlineArms(file: string, map?: ColumnMap): Promise<UpworthyArm[]> {
  const columns = ['clickability_test_id', 'eyecatcher_id', 'headline', 'lede', 'impressions', 'clicks'] as const;
  const rows = await readCsv(file, columns, { map, optional: ['eyecatcher_id', 'lede'] });
  const story = storiesOf(rows.map((r) => ({ test: r.clickability_test_id, headline: htmlText(r.headline).toLowerCase() })));
  return rows.map((r) => ({
    test: r.clickability_test_id,
    story: story(r.clickability_test_id),
    image: r.eyecatcher_id,
    headline: htmlText(r.headline),
    lede: htmlText(r.lede),
    impressions: countOf(r.impressions),
    clicks: countOf(r.clicks),
  }));
}

/** NaN for a blank: it is not 0. */
function countOf(cell: string): number {
  return cell.trim() === '' ? Number.NaN : Number(cell);
}

/** Connected components of tests by shared headlines (union-find with path halving). */
function storiesOf(arms: readonly { test: string; headline: string }[]): (test: string) => string {
  const parent = new Map<string, string>();
  const root = (key: string): string => {
    let at = key;
    for (let up = parent.get(at) ?? at; up !== at; up = parent.get(at) ?? at) {
      parent.set(at, parent.get(up) ?? up);
      at = parent.get(at)!;
    }
    return at;
  };
  for (const { test, headline } of arms) {
    const [a, b] = [root(`test:${test}`), root(`headline:${headline}`)].sort() as [string, string];
    if (a !== b) parent.set(b, a);
  }
  return (test) => root(`test:${test}`);
}

/** People with their histories, and the titles of all items. */
export async function readGames(folder: string): Promise<{ people: GamesPerson[]; titles: string[] }> {
  const items = await readCsv(path.join(folder, 'games', 'items.csv'), ['item_id', 'title']);
  const title = new Map(items.map((r) => [r.item_id, htmlText(r.title)]));
  const rows = await readCsv(path.join(folder, 'games', 'sequences.csv'), ['user_id', 'history', 'next_item']);
  const people = rows.map((r) => ({
    person: r.user_id,
    history: r.history.split(' ').map((id) => title.get(id) ?? '').filter((t) => t !== ''),
    next: title.get(r.next_item) ?? '',
  }));
  return { people: people.filter((p) => p.next !== ''), titles: [...title.values()] };
}

export async function readNews(folder: string): Promise<NewsClick[]> {
  const rows = await readCsv(path.join(folder, 'news', 'clicks.csv'), ['user_id', 'title', 'click']);
  return rows.map((r) => ({ person: r.user_id, title: htmlText(r.title), clicked: r.click === '1' }));
}

/** Sentences for language modelling alone: headlines, slogans with what they advertise, courses with what they teach. */
export async function readSentences(folder: string): Promise<{ about: string; text: string }[]> {
  const headlines = await readCsv(path.join(folder, 'headlines', 'headlines.csv'), ['headline']);
  const slogans = await readCsv(path.join(folder, 'slogans', 'company_slogan.csv'), ['company', 'slogan']);
  const edx = await readCsv(path.join(folder, 'courses', 'edx.csv'), ['Name', 'About']);
  const udemy = await readCsv(path.join(folder, 'courses', 'udemy.csv'), ['course_title', 'subject']);
  return [
    ...headlines.map((r) => ({ about: '', text: htmlText(r.headline) })),
    ...slogans.map((r) => ({ about: htmlText(r.company), text: htmlText(r.slogan) })),
    ...edx.map((r) => ({ about: htmlText(r.About), text: htmlText(r.Name) })),
    ...udemy.map((r) => ({ about: htmlText(r.subject), text: htmlText(r.course_title) })),
  ].filter((s) => s.text !== '');
}
