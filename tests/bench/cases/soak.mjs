// Does memory stay bounded? Rankings for ever new people for half an hour (or --minutes=N), the model busy four fifths of the time.
import { campaignWith, profileWith } from '../data.mjs';
import { median, round } from '../measure.mjs';
import { product } from '../platform.mjs';

const BUSY = 0.8;
const SAMPLE_EVERY_MS = 5000;

export async function run(platform) {
  const minutes = Number(process.argv.find((a) => a.startsWith('--minutes='))?.slice('--minutes='.length) ?? 30);
  const { deps } = platform;
  const { rankCreatives } = product('modules/predictions/rank-creatives');
  const campaign = await campaignWith(platform, 'soak', 100);
  const people = [];
  for (let i = 0; i < 200; i++) people.push(await profileWith(platform, `soak-${i}`, 4 + (i % 12)));

  const samples = [];
  const start = performance.now();
  const end = start + minutes * 60_000;
  let [rankings, nextSample] = [0, start];
  while (performance.now() < end) {
    const begun = performance.now();
    await rankCreatives(deps, { campaign: { id: campaign.id }, profile: { id: people[rankings++ % people.length].id }, first: 10 });
    const taken = performance.now() - begun;
    await new Promise((resolve) => setTimeout(resolve, taken * (1 / BUSY - 1)));
    if (performance.now() >= nextSample) {
      samples.push({ at: performance.now() - start, mebibytes: process.memoryUsage().rss / 2 ** 20 });
      nextSample += SAMPLE_EVERY_MS;
    }
  }
  // The first sixth fills caches and the runtime's arenas; after it nothing may grow.
  const between = (from, to) => median(samples.filter(({ at }) => at >= from * minutes * 60_000 && at < to * minutes * 60_000).map((s) => s.mebibytes));
  const [early, late] = [between(1 / 6, 2 / 6), between(5 / 6, 1)];
  return [
    { name: `soak of ${minutes} minutes, rankings of 100`, value: rankings, unit: '' },
    { name: 'resident memory, second sixth', value: round(early, 0), unit: 'MiB' },
    { name: 'resident memory, last sixth', value: round(late, 0), unit: 'MiB' },
    { name: 'growth of resident memory', value: round(100 * (late / early - 1), 2), unit: '%' },
  ];
}
