/** The ranker's training and validation sets. */
import { createRng, hash32 } from '../../base/rng';
import type { RankSet } from '../../ml/train/ranking-task';
import { gamesExamples, newsExamples, popularitySampler, upworthyExamples, type Encoder } from './ctr-examples';
import { readGames, readNews, readUpworthy, type GamesPerson, type NewsClick, type UpworthyArm } from './sources';
import { groupSplits, splitOf, type Split } from './splits';

/** Titles of a history that make a profile. */
export const PROFILE_TITLES = 20;

export interface CtrSources {
  upworthy: UpworthyArm[];
  people: GamesPerson[];
  news: NewsClick[];
}

export async function readCtrSources(folder: string): Promise<CtrSources> {
  const [upworthy, games, news] = await Promise.all([readUpworthy(folder), readGames(folder), readNews(folder)]);
  return { upworthy, people: games.people, news };
}

/** Rows of one split, by story or by person. */
export function inSplit(sources: CtrSources, split: Split): CtrSources {
  const stories = storySplits(sources.upworthy);
  return {
    upworthy: sources.upworthy.filter((a) => stories.get(a.story) === split),
    people: sources.people.filter((p) => splitOf(p.person) === split),
    news: sources.news.filter((c) => splitOf(c.person) === split),
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
  gamesShare: number;
  newsShare: number;
  /** Also compare headlines that were shown with different images, at this weight. */
  acrossImages: number;
}

export function ctrSets(sources: CtrSources, encoder: Encoder, { seed, steps, negatives, gamesShare, newsShare, acrossImages }: CtrSetOptions): RankSet[] {
  const rng = createRng(hash32('ctr-sets', seed));
  const games = gamesExamples(sources.people, popularitySampler(sources.people, rng.fork('games')), encoder, { negatives, most: PROFILE_TITLES, steps });
  return [
    { name: 'upworthy', share: 1, batchTokens: 640, examples: upworthyExamples(sources.upworthy, encoder, acrossImages) },
    { name: 'games', share: gamesShare, examples: games },
    { name: 'news', share: newsShare, examples: newsExamples(sources.news, encoder, PROFILE_TITLES, rng.fork('news')) },
  ];
}
