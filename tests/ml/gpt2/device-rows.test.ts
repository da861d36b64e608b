import fc from 'fast-check';
import { rowFeeds } from '../../../src/ml/gpt2/device-rows';

const CONFIG = { vocabulary: 5_000, positions: 256, channels: 8, layers: 1, heads: 1, inner: 32, layerNormEpsilon: 1e-5 };
type Group = { prefix: number[]; texts: number[][] };
interface Rows { ids: Int32Array; positions: Int32Array; owners: Int32Array; lengths: Int32Array; columns: Int32Array; ends: Int32Array; G: number; B: number; M: number }

function layOut(groups: readonly Group[]): Rows {
  const feeds = rowFeeds(groups, CONFIG);
  const of = (name: string): Int32Array => feeds[name]!.data as Int32Array;
  const [G, B, M] = feeds.ids!.dims as [number, number, number];
  return { ids: of('ids'), positions: of('positions'), owners: of('owners'), lengths: of('prefix_lengths'), columns: of('columns'), ends: of('ends'), G, B, M };
}

/** What the model reads up to a candidate's last token: its prefix, then the cells of its row that are the candidate's. */
function readBack(rows: Rows, candidate: number): { tokens: number[]; positions: number[] } {
  const end = rows.ends[candidate]!;
  const g = Math.floor(end / (rows.B * rows.M));
  const row = end - (end % rows.M);
  const cells = [
    ...Array.from({ length: rows.lengths[g]! }, (_, i) => g * rows.B * rows.M + i),
    ...Array.from({ length: end - row + 1 }, (_, i) => row + i).filter((cell) => rows.owners[cell] === rows.owners[end]),
  ];
  return { tokens: cells.map((cell) => rows.ids[cell]!), positions: cells.map((cell) => rows.positions[cell]!) };
}

const token = fc.integer({ min: 0, max: CONFIG.vocabulary - 1 });
const group = fc.record({ prefix: fc.array(token, { maxLength: 90 }), texts: fc.array(fc.array(token, { minLength: 1, maxLength: 70 }), { minLength: 1, maxLength: 30 }) });

describe('prefixes and candidates laid out in rows', () => {
  it('hold for each candidate its prefix and its own tokens, in order and at their positions, whatever else is there', () => {
    fc.assert(
      fc.property(fc.array(group, { minLength: 1, maxLength: 5 }), (groups) => {
        const rows = layOut(groups);
        const expected = groups.flatMap(({ prefix, texts }) => texts.map((text) => [...prefix, ...text]));
        expect(rows.ends).toHaveLength(expected.length);
        expected.forEach((tokens, i) => expect(readBack(rows, i)).toEqual({ tokens, positions: tokens.map((_, position) => position) }));
        // Keys and values of a prefix are cut from the first cells of its rows.
        expect(rows.columns.length).toBeLessThanOrEqual(rows.B * rows.M);
        for (const length of rows.lengths) expect(length).toBeLessThanOrEqual(rows.columns.length);
        rows.owners.forEach((owner, cell) => owner === 0 && expect(cell % (rows.B * rows.M)).toBeLessThan(rows.columns.length));
      }),
      { numRuns: 200 },
    );
  });

  it('waste little where candidates are of many lengths', () => {
    const texts = Array.from({ length: 100 }, (_, i) => Array<number>(8 + ((i * 7) % 23)).fill(1));
    const tokens = texts.reduce((sum, text) => sum + text.length, 64);
    const { ids } = layOut([{ prefix: Array<number>(64).fill(2), texts }]);
    expect(ids.length / tokens).toBeLessThan(1.25);
  });

  it('write a prefix out before its candidates where it has too few of them to share it', () => {
    const pairs = Array.from({ length: 40 }, (_, i) => ({ prefix: Array<number>(50).fill(i), texts: [Array<number>(16).fill(100 + i)] }));
    const { G, lengths, ids } = layOut(pairs);
    expect([G, ...lengths]).toEqual([1, 0]);
    expect(ids.length / (40 * 66)).toBeLessThan(1.25);
  });

  it('come in few sizes, since a device keeps buffers of each', () => {
    const sizes = new Set<string>();
    for (let candidates = 1; candidates <= 100; candidates++) {
      for (let prefix = 1; prefix <= 128; prefix += 9) {
        const { G, B, M, columns } = layOut([{ prefix: Array<number>(prefix).fill(1), texts: Array.from({ length: candidates }, () => Array<number>(24).fill(1)) }]);
        sizes.add([G, B, M, columns.length].join());
      }
    }
    // Of 1,500 requests.
    expect(sizes.size).toBeLessThan(100);
  });

  it('refuse what no model reads', () => {
    expect(() => layOut([{ prefix: [1], texts: [] }])).toThrow(expect.objectContaining({ code: 'BAD_INPUT', field: 'texts' }));
    expect(() => layOut([{ prefix: [1], texts: [[]] }])).toThrow(expect.objectContaining({ code: 'BAD_INPUT', field: 'text' }));
    expect(() => layOut([{ prefix: [CONFIG.vocabulary], texts: [[1]] }])).toThrow(expect.objectContaining({ code: 'BAD_INPUT', field: 'ids' }));
    expect(() => layOut([{ prefix: Array<number>(200).fill(1), texts: [Array<number>(57).fill(1)] }])).toThrow(/exceed the model's 256 positions/);
  });
});
