import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { applyPlatt, fitPlatt } from '../../ml/metrics/platt';
import { openScorer } from '../../ml/serve/open-scorer';
import type { Calibration } from '../../ml/serve/calibration';
import type { CtrSources } from './ctr-data';
import { headlineCases, titleCases, type HeadlineCase } from './ctr-cases';

/**
 * Fits `calibration.json` of a ranker on held-out choices: texts without a profile on headline tests (clicks per impression),
 * texts behind a profile on titles (one taken among twenty).
 */
export async function fitCalibration(directory: string, validation: CtrSources, everyone = validation.people): Promise<Calibration> {
  const scorer = await openScorer(directory);
  try {
    const headlines = headlineCases(validation.upworthy);
    const plain = (await scorer.scoreMany(headlines.map(({ text }) => ({ prefix: '', text })))).map((s) => s.logit);
    const alone = fitPlatt(plain, headlines.map((c) => c.clicks / c.impressions), { weights: headlines.map((c) => c.impressions), smooth: false });
    const titles = titleCases(validation.people.filter((p) => p.history.length > 0), everyone, 5);
    const personal = (await scorer.scoreMany(titles.map((c) => ({ prefix: c.profile, text: c.text })))).map((s) => s.logit);
    const behind = fitPlatt(personal, titles.map((c) => c.label), { smooth: false });
    const deviation = spread(headlines, plain.map((z) => applyPlatt(alone, z)));
    const calibration: Calibration = {
      withoutPrefix: { slope: alone.slope, intercept: alone.intercept, deviation },
      withPrefix: { slope: behind.slope, intercept: behind.intercept, deviation },
    };
    await writeFile(path.join(directory, 'calibration.json'), `${JSON.stringify(calibration, null, 2)}\n`);
    return calibration;
  } finally {
    await scorer.close();
  }
}

/**
 * Standard deviation of true log-odds around the predicted ones, by the method of moments: what the observed clicks vary
 * beyond binomial noise, as a share of the rate (d logit = dp / (p (1 - p))).
 */
export function spread(cases: readonly HeadlineCase[], probabilities: readonly number[]): number {
  let [excess, weight] = [0, 0];
  cases.forEach(({ clicks, impressions }, i) => {
    const p = probabilities[i]!;
    const variance = p * (1 - p);
    const residual = clicks / impressions - p;
    excess += impressions * ((residual * residual - variance / impressions) / (variance * variance));
    weight += impressions;
  });
  return Math.sqrt(Math.max(0, excess / weight));
}
