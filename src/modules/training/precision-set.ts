/** The fixed groups that builds in fewer bits are judged on: made of the titles and the copy that ship with the models, the same every time. */
import { createHash } from 'node:crypto';
import { createRng } from '../../base/rng';
import type { JudgeCall } from '../../ml/serve/precision-worker';
import { copyTexts, type CopySources } from './copy-examples';
import { profileOf } from './ctr-examples';

const SEED = 20;
const JUDGED = 1_000;
const FITTED = 120;
/** Candidates of a group. */
const LEAST = 20;
const MOST = 100;

/** Groups of 20 to 100 pieces of copy: three in four behind a profile of 2 to 8 titles of one interest, one for nobody in particular. */
export function precisionSet(sources: CopySources, { judged = JUDGED, fitted = FITTED } = {}): JudgeCall {
  const rng = createRng(SEED);
  const texts = [...new Set(copyTexts(sources, rng.fork('copy')))];
  const titles = [...sources.titles.values()];
  const group = (i: number): { prefix: string; texts: string[] } => {
    const own = rng.shuffle([...titles[rng.int(titles.length)]!]).slice(0, 2 + rng.int(7));
    const count = LEAST + rng.int(MOST - LEAST + 1);
    return { prefix: i % 4 === 3 ? '' : profileOf(own, Infinity), texts: rng.shuffle([...texts]).slice(0, count) };
  };
  const fit = Array.from({ length: fitted }, (_, i) => group(i));
  const judge = Array.from({ length: judged }, (_, i) => group(i));
  return { set: createHash('sha256').update(JSON.stringify([fit, judge])).digest('hex').slice(0, 12), fit, judge };
}
