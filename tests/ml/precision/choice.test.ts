import type { GateFigures } from '../../../src/ml/precision/gate';
import { precisionFor } from '../../../src/ml/precision/precision-for';
import { formatReport, parseReport, type PrecisionReport } from '../../../src/ml/precision/report';
import { closeRace, settledLogits } from '../../../src/ml/precision/settle';

const good: GateFigures = { groups: 1000, candidates: 60_000, top1: 0.998, top1Alone: 0.991, ece: 0.0002, error: 0.01, margin: 0.05, again: 0.02 };
const ranges = new Map([['h.0.attn.c_attn.weight', { low: Float32Array.of(-1.5, 0), high: Float32Array.of(2.25, 0.125) }]]);
const report: PrecisionReport = { model: 'abcdefabcdef', set: '123456123456', builds: { int8: good, fp16: good, w8a16: good }, ranges };
const worse = (change: Partial<GateFigures>): PrecisionReport => ({ ...report, builds: { int8: { ...good, ...change }, fp16: { ...good, ...change }, w8a16: { ...good, ...change } } });
const refused = (run: () => unknown): string => {
  try {
    return `accepted: ${JSON.stringify(run())}`;
  } catch (error) {
    const { code, field, message } = error as { code: string; field: string; message: string };
    return `${code} ${field} ${message}`;
  }
};

describe('the precision of a device', () => {
  it.each([['cpu', 'int8'], ['webgpu', 'w8a16'], ['cuda', 'fp16']])('on %s is %s where the gate lets it pass', (device, used) => {
    expect(precisionFor(device, report)).toEqual({ used, why: `${used} kept 99.8 % of the winners, with probabilities within 0.0002` });
  });

  it('is the next best where the gate refuses the best, or never judged it', () => {
    expect(precisionFor('webgpu', { ...report, builds: { fp16: good, w8a16: { ...good, top1: 0.9 } } }).used).toBe('fp16');
    expect(precisionFor('webgpu', { ...report, builds: { int8: good, fp16: good } }).used).toBe('fp16');
    expect(precisionFor('webgpu', worse({ top1: 0 }))).toEqual({ used: 'fp32', why: 'w8a16 is not offered: it kept the winner of 0.0 % of 1000 groups; 99 % are required' });
  });

  it('is float32 where the gate does not, and the reason is told', () => {
    expect(precisionFor('cpu', worse({ top1: 0.979 }))).toEqual({ used: 'fp32', why: 'int8 is not offered: it kept the winner of 97.9 % of 1000 groups; 99 % are required' });
    expect(precisionFor('cuda', worse({ ece: 0.02 })).why).toBe('fp16 is not offered: its probabilities are 0.0200 off those of float32; 0.005 is allowed');
    expect(precisionFor('cpu', { missing: 'there is no report' })).toEqual({ used: 'fp32', why: 'int8 is not offered: there is no report' });
    expect(precisionFor('cpu', { ...report, builds: {} }).used).toBe('fp32');
  });

  it('is what was asked for, or an error with the figures', () => {
    expect(precisionFor('cpu', worse({ top1: 0 }), 'fp32').used).toBe('fp32');
    expect(precisionFor('cpu', report, 'fp16').used).toBe('fp16');
    expect(refused(() => precisionFor('cpu', worse({ top1: 0.979, ece: 0.01 }), 'int8'))).toBe(
      'CONFIG_INVALID precision The precision int8 was asked for, and the classifier cannot offer it: it kept the winner of 97.9 % of 1000 groups; 99 % are required, and its probabilities are 0.0100 off those of float32; 0.005 is allowed.',
    );
    expect(refused(() => precisionFor('webgpu', report, 'int8'))).toContain('webgpu runs 16-bit floats, not 8-bit whole numbers');
    expect(refused(() => precisionFor('cpu', { missing: 'there is no report' }, 'int8'))).toContain('there is no report');
  });
});

describe('the report beside a model', () => {
  it('is read as it was written', () => {
    expect(parseReport(formatReport(report), report.model)).toEqual(report);
  });

  it.each([
    ['no file', undefined, 'there is no precision.json beside the model'],
    ['other weights', formatReport({ ...report, model: '000000000000' }), 'precision.json is about the weights 000000000000, and these are abcdefabcdef'],
    ['half a file', formatReport(report).slice(0, 200), 'precision.json cannot be read'],
    ['no object', 'null', 'precision.json cannot be read'],
    ['ranges of words', formatReport(report).replace('-1.5', '"far"'), 'a range that is no list of numbers'],
    ['ranges that end before they begin', formatReport(report).replace('-1.5', '7'), 'a range that ends before it begins'],
  ])('counts for nothing with %s', (_, text, why) => {
    expect(parseReport(text, report.model)).toEqual({ missing: expect.stringContaining(why) });
  });

  it('offers no build whose figures are not all numbers', () => {
    const broken = formatReport(report).replace('"top1": 0.998', '"top1": "all"');
    expect(precisionFor('cpu', parseReport(broken, report.model))).toMatchObject({ used: 'fp32', why: 'int8 is not offered: the report holds no figures of int8' });
  });
});

describe('a close race', () => {
  it('is all within the margin of the best, and none where the best stands alone', () => {
    expect(closeRace([1, 3, 2.95, 0, 3], 0.1)).toEqual([1, 2, 4]);
    expect(closeRace([1, 3, 2], 0.1)).toEqual([]);
    expect(closeRace([1, 1], 0)).toEqual([]);
    expect(closeRace([], 1)).toEqual([]);
  });

  it('is settled by exact scores, and nobody else is touched', () => {
    expect(settledLogits([1, 3, 2.95, 0], 0.1, (places) => places.map((p) => 10 + p))).toEqual({ logits: [1, 11, 12, 0], again: 2 });
  });
});
