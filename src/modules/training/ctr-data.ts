/** The ranker's training and validation sets. */
import path from 'node:path';
import { createRng, hash32 } from '../../base/rng';
import type { RankSet } from '../../ml/train/ranking-task';
import { copyCases, copyExamples, copyInSplit, readInterestTitles, type CopySources } from './copy-examples';
import { gamesExamples, newsExamples, popularitySampler, upworthyExamples, type Encoder } from './ctr-examples';
import { readGames, readNews, readUpworthy, type GamesPerson, type NewsClick, type UpworthyArm } from './sources';
import { readCopyCorpus } from './writer-documents';
import { groupSplits, splitOf, type Split } from './splits';

/** Titles of a history that make a profile. */
export const PROFILE_TITLES = 20;

export interface CtrSources {
  upworthy: UpworthyArm[];
  people: GamesPerson[];
  news: NewsClick[];
  copy: CopySources;
}

/** Folders of what the project wrote itself. */
export interface CopyFolders {
  corpus: string;
  titles: string;
}

export const COPY_FOLDERS: CopyFolders = { corpus: path.join('models', 'writer', 'corpus'), titles: path.join('models', 'ctr', 'titles') };

/** @param folder of the data sets */
export async function readCtrSources(folder: string, { corpus, titles } = COPY_FOLDERS): Promise<CtrSources> {
  const [upworthy, games, news] = await Promise.all([readUpworthy(folder), readGames(folder), readNews(folder)]);
  return { upworthy, people: games.people, news, copy: { lines: await readCopyCorpus(corpus), titles: await readInterestTitles(titles) } };
}

/** Rows of one split: by story, by person, by interest. */
export function inSplit(sources: CtrSources, split: Split): CtrSources {
  const stories = storySplits(sources.upworthy);
  return {
    upworthy: sources.upworthy.filter((a) => stories.get(a.story) === split),
    people: sources.people.filter((p) => splitOf(p.person) === split),
    news: sources.news.filter((c) => splitOf(c.person) === split),
    copy: copyInSplit(sources.copy, split),
  };
}

export function storySplits(arms: readonly UpworthyArm[]): Map<string, Split> {
  return groupSplits(arms.map((a) => ({ group: a.story, key: a.test })));
}

export interface CtrSetOptions {
  seed: number;
  /** Steps of each history and negatives of each step. */
  steps: number;
  negatives: number;
  /** What batches of personal choices count beside those of headline tests. */
  personalWeight: number;
  gamesShare: number;
  newsShare: number;
  /** Examples of each interest of the copy, and lines of other interests in each. */
  copyEach: number;
  copyNegatives: number;
  /** Also compare headlines that were shown with different images, at this weight. */
  acrossImages: number;
}

export function ctrSets(sources: CtrSources, encoder: Encoder, { seed, steps, negatives, personalWeight: weight, gamesShare, newsShare, copyEach, copyNegatives, acrossImages }: CtrSetOptions): RankSet[] {
  const rng = createRng(hash32('ctr-sets', seed));
  const games = gamesExamples(sources.people, popularitySampler(sources.people, rng.fork('games')), encoder, { negatives, most: PROFILE_TITLES, steps });
  return [
    { name: 'upworthy', share: 1, examples: upworthyExamples(sources.upworthy, encoder, acrossImages) },
    { name: 'games', weight, share: gamesShare, examples: games },
    { name: 'news', weight, share: newsShare, examples: newsExamples(sources.news, encoder, PROFILE_TITLES, rng.fork('news')) },
    { name: 'copy', weight, share: 1, examples: copyExamples(copyCases(sources.copy, rng.fork('copy'), { each: copyEach, negatives: copyNegatives }), encoder) },
  ];
}
