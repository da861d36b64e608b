import { join } from 'node:path';
import { evaluateTransfer, type TransferReport } from '../../../src/modules/simulation/transfer/evaluate-transfer';
import { expectedAuc } from '../../../src/modules/simulation/transfer/expected-auc';
import { reached, transferTable } from '../../../src/modules/simulation/transfer/transfer-table';

const ROOT = join(__dirname, '..', '..', '..');

describe('the expected AUC', () => {
  const judged = [0.1, 0.2, 0.4].map((chance, i) => ({ person: 0, profile: '', text: `${i}`, chance }));

  it('is a half for who cannot tell, and best for the truth', () => {
    expect(expectedAuc(judged, () => 1).mean).toBe(0.5);
    const truth = expectedAuc(judged, ({ chance }) => chance).mean;
    expect(truth).toBeGreaterThan(0.5);
    expect(expectedAuc(judged, ({ chance }) => -chance).mean).toBeCloseTo(1 - truth, 12);
    expect(expectedAuc(judged, ({ text }) => Number(text === '1')).mean).toBeLessThan(truth);
  });

  it('is the mean over people, each counted once', () => {
    const other = [0.01, 0.5].map((chance, i) => ({ person: 1, profile: '', text: `${i}`, chance }));
    const { byPerson, mean } = expectedAuc([...judged, ...other], ({ chance }) => chance);
    expect(byPerson).toHaveLength(2);
    expect(mean).toBeCloseTo((byPerson[0]! + byPerson[1]!) / 2, 12);
  });
});

describe('adapters of a new vertical', () => {
  let report: TransferReport;
  beforeAll(async () => {
    report = await evaluateTransfer(
      {
        model: join(ROOT, 'tests', 'fixtures', 'models', 'ctr'), corpus: join(ROOT, 'models', 'writer', 'corpus'), threads: 1,
        seed: 3, people: 30, texts: 8, shows: 150, held: 24, pool: 64, established: { people: 30, texts: 8, shows: 150, pool: 64 }, sizes: [1_000], shares: [0.9], draws: 1,
      },
      { note: () => undefined },
    );
  });

  it('learn from clicks alone what they are judged on by the truth', () => {
    for (const { base, ceiling, warm, choices, clicks } of report.runs) {
      expect(choices).toBe(4_500);
      expect(clicks[0]).toBeLessThan(clicks[1]!);
      expect(warm.at(-1)).toBeLessThan(ceiling);
      expect(ceiling).toBeGreaterThan(base);
    }
    const mean = (pick: (run: TransferReport['runs'][number]) => number): number => report.runs.reduce((sum, run) => sum + pick(run), 0) / report.runs.length;
    expect(mean((run) => run.warm.at(-1)!)).toBeGreaterThan(mean((run) => run.base));
    expect(reached(report.runs, 'warm').at(-1)).toBeLessThanOrEqual(1);
  });

  it('serve their own vertical and leave the others as they were', () => {
    for (const { vertical, lost, before, after } of report.serving) {
      expect(after).not.toBe(before);
      expect(Object.keys(lost)).toHaveLength(3);
      expect(Object.keys(lost)).not.toContain(vertical);
      for (const loss of Object.values(lost)) expect(Math.abs(loss)).toBeLessThan(1e-6);
    }
  });

  it('make a table that says what it is', () => {
    const table = transferTable(report).join('\n');
    expect(table).toContain('simulated world');
    for (const vertical of ['ecommerce', 'education', 'finance', 'travel']) expect(table).toContain(`${vertical}, from the others`);
    expect(table).not.toContain('NaN');
  });
});
