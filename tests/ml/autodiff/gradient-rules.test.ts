import { gradients } from '../../../src/ml/autodiff/gradients';
import { Graph } from '../../../src/ml/onnx/graph';
import { sumAll } from '../../../src/ml/onnx/ops';
import { inWorker } from '../../support/in-worker';

interface Checked {
  results: { rule: string; name: string; worst: number }[];
  rules: string[];
}

describe('gradient rules', () => {
  let checked: Checked;
  beforeAll(async () => {
    checked = await inWorker<Checked>('gradient-check');
  }, 60_000);

  it('agree with central differences, every one of them', () => {
    const wrong = checked.results.filter(({ worst }) => !(worst < 5e-3));
    expect(wrong).toEqual([]);
  });

  it('are all in the table of checks', () => {
    const covered = new Set(checked.results.map((r) => r.rule));
    expect(checked.rules.filter((rule) => !covered.has(rule))).toEqual([]);
  });

  it('refuse an operator without a rule by naming it', () => {
    const g = new Graph('refused');
    const x = g.input('x', 'float32', [3]);
    const y = g.one('Floor', [x], 'float32', [3]);
    expect(() => gradients(g, sumAll(g, y), [x])).toThrow(/The operator Floor has no gradient rule/);
  });

  it('refuse a loss that is not a scalar', () => {
    const g = new Graph('vector');
    const x = g.input('x', 'float32', [3]);
    expect(() => gradients(g, x, [x])).toThrow(/needs a scalar loss, not shape \[3\]/);
  });

  it('spend nothing on frozen inputs', () => {
    const g = new Graph('frozen');
    const x = g.input('x', 'float32', [2, 3]);
    const w = g.input('w', 'float32', [3, 4]);
    const y = g.one('MatMul', [x, w], 'float32', [2, 4]);
    const loss = sumAll(g, y);
    const before = g.nodes.length;
    gradients(g, loss, [w]);
    const products = g.nodes.slice(before).filter((n) => n.op === 'MatMul' || n.op === 'Gemm');
    expect(products).toHaveLength(1);
  });
});
