import path from 'node:path';
import { AdloomError } from '../../base/errors';
import { inTurns } from '../../base/in-turns';
import { createRng } from '../../base/rng';
import { VERTICALS, type Vertical } from '../../domain/entities/campaign';
import type { Decision } from '../../domain/entities/decision';
import type { GateReport, TrainingProgress, TrainingRun } from '../../domain/entities/training-run';
import { barredTermsIn } from '../../domain/profile/barred-attributes';
import { isAdaptable, type AdaptableScorer } from '../../ml/serve/adapter-types';
import type { Dependencies } from '../dependencies';
import { checkInteger, checkNumber } from '../input/amounts';
import { learnsFrom } from '../training/adapter-recipe';
import type { Choice } from '../training/choices';
import { fingerprintOf } from '../training/fingerprint';
import { trainAdapter } from '../training/train-adapter';
import { checkpointsOf } from './checkpoints';
import { enoughData, judge, type JudgedRow } from './gate/judge';
import { policyValue, type RescoredDecision } from './gate/policy-value';
import { scoreOnce } from './gate/score-once';
import { loopReporter } from './loop-reporter';
import type { LoggedChoice } from './logged-choice';
import { readLog } from './read-log';
import type { Learned, LearningRecipe, LearningTools } from './recipes';
import { learnableBeside, splitLog, type LogSplit } from './split-log';
import { creativeTextsAt } from './texts-of-the-time';

const DEFAULTS = { epochs: 3, rate: 1e-3, rank: 8, rows: 50_000, matureMinutes: 30, weighting: 'NONE', clip: 10, learns: 'AUTO' } as const;
/** What learns: the weights of words alone, which little data can teach, or the layers; AUTO goes by how much there is. */
const LEARNS: Readonly<Record<string, 'words' | 'layers' | undefined>> = { AUTO: undefined, WORDS: 'words', LAYERS: 'layers' };
/** Held-out decisions that the gate looks at, the latest: each has all its candidates scored by two models. */
const JUDGED = 2_000;
const AT_ONCE = 100;
/** Decisions of each other vertical that are learnt from, the latest. At 20,000 a start is worth less by five points of the full gain. */
const ELSEWHERE = 100_000;

/** An adapter over the one base, from a vertical's decisions. */
export const learnClassifier: LearningRecipe = {
  ofVertical: true,
  revision: 'adapter/4',
  defaults: DEFAULTS,
  check(check, { epochs, rate, rank, rows, matureMinutes, weighting, clip, learns }) {
    checkInteger(check, 'settings.epochs', epochs as number, 1, 50);
    checkNumber(check, 'settings.rate', rate as number, 1e-6, 0.1);
    checkInteger(check, 'settings.rank', rank as number, 1, 64);
    checkInteger(check, 'settings.rows', rows as number, 100, 1_000_000);
    checkInteger(check, 'settings.matureMinutes', matureMinutes as number, 0, 43_200);
    checkNumber(check, 'settings.clip', clip as number, 1, 1_000);
    if (!((learns as string) in LEARNS)) check.add('settings.learns', `settings.learns must be one of ${Object.keys(LEARNS).join(', ')}; it is ${JSON.stringify(learns)}.`);
    if (weighting !== 'NONE' && weighting !== 'INVERSE_PROPENSITY') check.add('settings.weighting', `settings.weighting must be NONE or INVERSE_PROPENSITY; it is ${JSON.stringify(weighting)}.`);
  },
  require: (deps) => void requireAdaptable(deps),
  learn,
};

async function learn(deps: Dependencies, run: TrainingRun, tools: LearningTools): Promise<Learned> {
  const scorer = requireAdaptable(deps);
  const { settings, vertical, seed } = run;
  await tools.report(phase('DATA', 0, 1));
  const logOf = (of: Vertical, limit: number): Promise<LoggedChoice[]> =>
    readLog(deps, { vertical: of, readAs: vertical!, until: run.logUntil, matureMinutes: settings['matureMinutes'] as number, limit, signal: tools.signal });
  const log = await logOf(vertical!, settings['rows'] as number);
  const split = await splitLog(log);
  const tooLittle = tooLittleOf(split);
  if (tooLittle) return { report: tooLittle, dataFingerprint: await fingerprintOfLogs(vertical!, [log]), modelVersionId: null };
  const learns = LEARNS[settings['learns'] as string];
  const elsewhere: LoggedChoice[][] = [];
  // Layers learn from nothing but their own log.
  if ((learns ?? learnsFrom(split.training.length)) === 'words') {
    for (const other of VERTICALS.filter((each) => each !== vertical)) elsewhere.push(await learnableBeside(await logOf(other, ELSEWHERE), split));
  }
  const dataFingerprint = await fingerprintOfLogs(vertical!, [log, ...elsewhere]);
  await tools.report(phase('DATA', 1, 1), dataFingerprint);

  const rank = settings['rank'] as number;
  const base = scorer.identity;
  const output = path.join(run.directory, 'adapter');
  await tools.report(phase('TRAINING', 0, 1));
  const [training, validation, ...others] = await choicesOf([split.training, split.validation, ...elsewhere], settings);
  await trainAdapter({
    learns, base: base.directory, output, seed, threads: 1, training: training!, validation: validation!, elsewhere: others,
    // People may have taken back their consent since it was stopped: nothing that was learnt of them is gone on from. The program may be another.
    checkpoints: path.join(checkpointsOf(run), dataFingerprint), replaceOther: true,
    lora: { rank, alpha: 2 * rank }, epochs: settings['epochs'] as number, rate: settings['rate'] as number,
    report: loopReporter(tools), signal: tools.signal,
  });
  const adapter = await scorer.loadAdapter(output);
  const report = await throughGate(deps, run, split, { scorer, adapter: adapter.id, tools });
  const now = deps.clock.now();
  const { id } = await deps.store.modelVersions.register({
    id: deps.ids.next(), advertiserId: deps.advertiserId, kind: 'CLASSIFIER', vertical, erasedPeople: 0, stage: 'CANDIDATE', createdAt: now, updatedAt: now,
    name: `${base.name} for ${vertical!.toLowerCase()}, ${run.logUntil.toISOString().slice(0, 16)}`,
    contentHash: `${base.id}+${adapter.id}`, directory: output, base: base.id, adapter: adapter.id, parameters: base.parameters,
    dataFingerprint, metrics: { ...report.figures, gatePassed: Number(report.passed) },
  });
  return { report, dataFingerprint, modelVersionId: id };
}

async function fingerprintOfLogs(vertical: Vertical, logs: readonly (readonly LoggedChoice[])[]): Promise<string> {
  const parts: string[] = [];
  for (const log of logs) {
    for await (const slice of inTurns(log)) {
      parts.push(fingerprintOf('rows', slice.map(({ decisionId, profile, text, clicked, propensity }) => ({ row: [decisionId, profile, text, clicked, propensity] }))));
    }
  }
  return fingerprintOf(['log', vertical], [parts]);
}

function requireAdaptable({ scorer }: Dependencies): AdaptableScorer {
  if (isAdaptable(scorer)) return scorer;
  throw new AdloomError('CONFLICT', 'The classifier in use cannot be tuned.', { field: 'kind', hint: 'Set ADLOOM_CTR_MODEL to the directory of a classifier and start again.' });
}

/** Learning takes minutes: what cannot be judged in the end is not begun. */
function tooLittleOf({ training, validation, test }: LogSplit): GateReport | null {
  const clicksOf = (choices: readonly LoggedChoice[]): number => choices.filter(({ clicked }) => clicked).length;
  const judged = enoughData(test.length, clicksOf(test), 'held-out');
  const one = [training, validation].find((part) => clicksOf(part) === 0 || clicksOf(part) === part.length);
  const taught = enoughData(training.length, clicksOf(training), 'training');
  const both = { name: 'clicks to learn from', passed: !one, required: 'clicks and misses, to learn from and to calibrate on', came: one ? `${one.length} decisions with ${clicksOf(one)} clicks` : 'both' };
  const verdicts = [taught, both, judged];
  return verdicts.every(({ passed }) => passed) ? null : { passed: false, verdicts, figures: { trainingRows: training.length, validationRows: validation.length, testRows: test.length } };
}

/** Weights are by inverse propensity, clipped and of mean 1: as if everything had been shown equally often. */
async function choicesOf(logs: readonly (readonly LoggedChoice[])[], { weighting, clip }: TrainingRun['settings']): Promise<Choice[][]> {
  const weightOf = ({ propensity }: LoggedChoice): number => Math.min(1 / propensity, clip as number);
  const taken: Choice[][] = [];
  for (const log of logs) {
    const mean = log.reduce((sum, choice) => sum + weightOf(choice), 0) / log.length;
    const choices: Choice[] = [];
    for await (const slice of inTurns(log)) {
      for (const choice of slice) {
        const { profile, text, clicked } = choice;
        choices.push({ profile, text, clicked, ...(weighting === 'NONE' ? {} : { weight: weightOf(choice) / mean }) });
      }
    }
    taken.push(choices);
  }
  return taken;
}

/** Both models on the held-out decisions: on what was shown, and on all that could have been. */
async function throughGate(
  deps: Dependencies,
  run: TrainingRun,
  split: LogSplit,
  { scorer, adapter, tools }: { scorer: AdaptableScorer; adapter: string; tools: LearningTools },
): Promise<GateReport> {
  const live = deps.liveModels.classifier(run.vertical!)?.adapter;
  const scores = { candidate: scoreOnce(scorer, adapter), live: scoreOnce(scorer, live) };
  const test = split.test.slice(-JUDGED);
  const rows: JudgedRow[] = [];
  const rescored: RescoredDecision[] = [];
  for (let from = 0; from < test.length; from += AT_ONCE) {
    await tools.report(phase('GATE', from, test.length));
    const some = test.slice(from, from + AT_ONCE);
    const asked = await candidatesOf(deps, some);
    const pairs = asked.flatMap(({ prefix, texts }) => texts.map((text) => ({ prefix, text })));
    const [byCandidate, byLive] = [await scores.candidate(pairs, tools.signal), await scores.live(pairs, tools.signal)];
    let at = 0;
    for (const { choice, decision, texts } of asked) {
      const [candidate, before] = [byCandidate.slice(at, at + texts.length), byLive.slice(at, at + texts.length)];
      at += texts.length;
      rows.push({ clicked: choice.clicked, candidate: candidate[0]!.probability, live: before[0]!.probability, fields: fieldsOf(choice) });
      if (decision) rescored.push({ decision, clicked: choice.clicked, candidate: candidate.slice(1), live: before.slice(1) });
    }
  }
  let barred = 0;
  for (const part of [split.training, split.validation, test]) {
    for await (const slice of inTurns(part)) barred += slice.filter(({ profile }) => barredTermsIn(profile, run.vertical!).length > 0).length;
  }
  const report = judge(rows, { value: await policyValue(rescored, createRng(run.seed)), barred });
  return { ...report, figures: { ...report.figures, trainingRows: split.training.length, validationRows: split.validation.length } };
}

function fieldsOf({ placement, profile, device }: LoggedChoice): JudgedRow['fields'] {
  return { placement, personalised: profile === '' ? 'no' : 'yes', device: device ?? 'none' };
}

interface Asked {
  readonly choice: LoggedChoice;
  /** With the candidates whose copy is known; null where one is gone. */
  readonly decision: Decision | null;
  readonly prefix: string;
  /** Of what was shown, then of each candidate. */
  readonly texts: readonly string[];
}

async function candidatesOf(deps: Dependencies, choices: readonly LoggedChoice[]): Promise<Asked[]> {
  const decisions = new Map((await deps.store.decisions.byIds(deps.advertiserId, choices.map(({ decisionId }) => decisionId))).map((decision) => [decision.id, decision]));
  const ids = new Set([...decisions.values()].flatMap(({ candidates }) => candidates.map(({ creativeId }) => creativeId)));
  const textAt = await creativeTextsAt(deps, [...ids]);
  return choices.map((choice): Asked => {
    const decision = decisions.get(choice.decisionId) ?? null;
    const texts = decision?.candidates.map(({ creativeId }) => textAt(creativeId, decision.createdAt)) ?? [];
    const known = texts.every((text): text is string => text !== null) ? (texts as string[]) : null;
    return { choice, prefix: choice.profile, decision: known ? decision : null, texts: [choice.text, ...(known ?? [])] };
  });
}

function phase(name: TrainingProgress['phase'], step: number, steps: number): TrainingProgress {
  return { phase: name, step, steps, loss: null, validationLoss: null, tokensPerSecond: null, secondsLeft: null };
}
