// npm run check:copy [-- --count 500 --json]: has the configured writer write headlines for the demo campaigns the way the product does,
// over several interests each, and judges them by the campaigns' facts (judge.cjs). Exit code 1 when a promise is broken.
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { fileURLToPath } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..', '..');
const require = createRequire(import.meta.url);
const product = (name) => require(path.join(root, 'dist', name));
const { failures, judge } = require('./judge.cjs');

const { values } = parseArgs({ options: { count: { type: 'string', default: '500' }, seed: { type: 'string', default: '1' }, json: { type: 'boolean', default: false } } });
const [wanted, seed] = [Number(values.count), Number(values.seed)];
if (!(Number.isInteger(wanted) && wanted > 0 && Number.isInteger(seed))) {
  console.error('--count and --seed are whole numbers.');
  process.exit(2);
}

const LIMIT = 30;
const INTERESTS = 6;
const ROUNDS = 4;

const { loadConfig } = product('main/config');
const { openConfiguredGenerator, openConfiguredScorer } = product('main/open-models');
const { DEMO_CAMPAIGNS, demoCampaign } = product('modules/demo/seed-demo');
const { CATALOGUE } = product('modules/demo/catalogue/catalogue');
const { composeCreatives } = product('modules/generation/compose-creatives');
const { createRng } = product('base/rng');
const { systemClock } = product('base/clock');
const { uuidv7Source } = product('base/ids');
const { silentLogger: logger } = product('base/logger');

/** What a campaign is written for: its own audience's interests; of one for everybody, those of its vertical. */
function interestsOf({ vertical, interests }) {
  return interests.length > 0 ? interests.slice(0, INTERESTS) : CATALOGUE.filter((entry) => entry.vertical === vertical).slice(0, INTERESTS).map((entry) => entry.interest);
}

async function write(models, demo, count, rejected) {
  const campaign = demoCampaign({ clock: systemClock, ids: uuidv7Source(systemClock), advertiserId: 'check' }, demo, systemClock.now());
  const options = { tone: null, interest: null, temperature: null, withBody: false, withCallToAction: false, parentId: null, autoApprove: false };
  const existing = demo.creatives.map(([headline, body, callToAction]) => ({ headline, body, callToAction }));
  const facts = [demo.product, demo.brand, demo.description, ...demo.features, ...demo.offers, demo.disclaimer ?? ''];
  const interests = interestsOf(demo);
  const headlines = [];
  // As a job does it: again with another seed while there is less than was asked.
  for (let round = 0; round < ROUNDS && headlines.length < count; round++) {
    for (const [turn, interest] of interests.entries()) {
      const share = Math.ceil((count - headlines.length) / (interests.length - turn));
      if (share <= 0) continue;
      const written = await composeCreatives({ ...models, logger }, {
        campaign, profile: null, interests: [interest], options, count: share, seed: seed * 1_000 + round * 100 + turn, existing,
      });
      for (const [rule, times] of written.rejected) rejected.set(rule, (rejected.get(rule) ?? 0) + times);
      existing.push(...written.creatives);
      for (const { headline, pieces } of written.creatives) {
        headlines.push({
          text: headline, template: pieces.headline.template, campaign: demo.key, interest, facts: [...facts, interest],
          price: demo.price === '0' ? null : { amount: Number(demo.price), currency: demo.currency }, bannedWords: demo.bannedWords,
        });
      }
    }
  }
  return headlines.slice(0, count);
}

function corpusHeadlines() {
  const folder = path.join(root, 'models', 'writer', 'corpus');
  return readdirSync(folder).filter((name) => name.endsWith('.txt'))
    .flatMap((name) => readFileSync(path.join(folder, name), 'utf8').split('\n')).filter((line) => line.startsWith('H ')).map((line) => line.slice(2));
}

const config = loadConfig();
const [{ model: generator }, { model: scorer }] = [await openConfiguredGenerator(config, logger), await openConfiguredScorer(config, logger)];
const rejected = new Map();
const headlines = [];
try {
  for (const [index, demo] of DEMO_CAMPAIGNS.entries()) {
    headlines.push(...(await write({ generator, scorer }, demo, Math.ceil((wanted - headlines.length) / (DEMO_CAMPAIGNS.length - index)), rejected)));
    if (process.stderr.isTTY) process.stderr.write(`\r${headlines.length} of ${wanted} headlines`);
  }
} finally {
  await Promise.all([generator.close(), scorer.close()]);
}
if (process.stderr.isTTY) process.stderr.write('\r\u001b[K');

const verdict = judge(headlines, { limit: LIMIT, corpus: corpusHeadlines() });
const broken = [...failures(verdict), ...(headlines.length < wanted ? ['headlines'] : [])];
const examples = createRng(seed).shuffle([...headlines]).slice(0, 10).map(({ campaign, interest, text }) => ({ campaign, interest, text }));
const turnedAway = Object.fromEntries([...rejected].toSorted((a, b) => b[1] - a[1]));
if (values.json) {
  console.log(JSON.stringify({ writer: generator.identity.id, ...verdict, rejected: turnedAway, examples, broken }));
} else {
  const percent = (share) => `${(share * 100).toFixed(1)} %`;
  const row = (name, value, promise = '') => console.log(`${name.padEnd(46)}${String(value).padStart(9)}   ${promise}`);
  console.log(`writer ${generator.identity.name} (${generator.identity.id}), ${DEMO_CAMPAIGNS.length} campaigns\n`);
  row('headlines written', verdict.headlines, `asked: ${wanted}`);
  row(`over ${LIMIT} characters, slots filled`, verdict.overLimit.length, 'promise: 0');
  row('with a number or price the facts do not have', verdict.foreignNumbers.length, 'promise: 0');
  row('with a name the facts do not have', verdict.foreignNames.length, 'promise: 0');
  row('with a word the campaign bans', verdict.bannedWords.length, 'promise: 0');
  row('distinct', percent(verdict.distinct), 'promise: 90 %');
  row('distinct by more than a few letters', percent(verdict.distinctEnough));
  row('distinct before the slots were filled', percent(verdict.distinctTemplates));
  row('lines of the corpus, word for word', percent(verdict.corpusLines));
  for (const name of ['overLimit', 'foreignNumbers', 'foreignNames', 'bannedWords']) for (const text of verdict[name].slice(0, 10)) console.log(`  ${name}: ${text}`);
  console.log('\nten at random');
  for (const { campaign, interest, text } of examples) console.log(`  ${campaign.padEnd(10)} ${interest.padEnd(18)} ${text}`);
  console.log('\nturned away by the guard');
  for (const [rule, times] of Object.entries(turnedAway)) console.log(`  ${rule.padEnd(22)} ${times}`);
  console.log(broken.length === 0 ? '\nAll promises kept.' : `\nBroken: ${broken.join(', ')}`);
}
process.exitCode = broken.length === 0 ? 0 : 1;
