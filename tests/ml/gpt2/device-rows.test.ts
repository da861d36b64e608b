import fc from 'fast-check';
import { rowFeeds } from '../../../src/ml/gpt2/device-rows';

const CONFIG = { vocabulary: 5_000, positions: 256, channels: 8, layers: 1, heads: 1, inner: 32, layerNormEpsilon: 1e-5 };
type Group = { prefix: number[]; texts: number[][] };
interface Rows { ids: Int32Array; positions: Int32Array; owners: Int32Array; groups: Int32Array; cells: Int32Array; columns: Int32Array; ends: Int32Array; R: number; M: number; G: number; P: number }

function layOut(groups: readonly Group[]): Rows {
  const feeds = rowFeeds(groups, CONFIG);
  const of = (name: string): Int32Array => feeds[name]!.data as Int32Array;
  const [[R, M], [G, P]] = [feeds.ids!.dims, feeds.prefix_cells!.dims] as [[number, number], [number, number]];
  return { ids: of('ids'), positions: of('positions'), owners: of('owners'), groups: of('groups'), cells: of('prefix_cells'), columns: of('prefix_columns'), ends: of('ends'), R, M, G, P };
}

/** What the model reads up to a candidate's last token: its prefix, then the cells of its row that are the candidate's. */
function readBack({ ids, positions, owners, groups, cells: prefixCells, columns, ends, M, P }: Rows, candidate: number): { tokens: number[]; positions: number[] } {
  const end = ends[candidate]!;
  const row = Math.floor(end / M);
  const prefix = Array.from({ length: P }, (_, i) => groups[row]! * P + i).filter((at) => columns[at]! <= positions[end]!);
  const cells = [
    ...prefix.map((at) => prefixCells[at]!),
    ...Array.from({ length: end - row * M + 1 }, (_, i) => row * M + i).filter((cell) => owners[cell] === owners[end]),
  ];
  return { tokens: cells.map((cell) => ids[cell]!), positions: cells.map((cell) => positions[cell]!) };
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
        // Tokens of a prefix read one another in order, in rows of their own.
        for (const [g, { prefix }] of groups.slice(0, rows.G).entries()) {
          const first = g * rows.P;
          if (prefix.length > 0 && rows.columns[first] === 0) expect(rows.positions[rows.cells[first]!]).toBe(0);
        }
        for (const [cell, owner] of rows.owners.entries()) if (owner === 0) expect(rows.cells).toContain(cell);
        expect(rows.groups).toHaveLength(rows.R);
      }),
      { numRuns: 200 },
    );
  });

  it('waste little where candidates are of many lengths', () => {
    const texts = Array.from({ length: 100 }, (_, i) => Array<number>(8 + ((i * 7) % 23)).fill(1));
    const tokens = texts.reduce((sum, text) => sum + text.length, 64);
    const { ids } = layOut([{ prefix: Array<number>(64).fill(2), texts }]);
    expect(ids.length / tokens).toBeLessThan(1.3);
  });

  it('write a prefix out before its candidates where it has too few of them to share it', () => {
    const pairs = Array.from({ length: 40 }, (_, i) => ({ prefix: Array<number>(50).fill(i), texts: [Array<number>(16).fill(100 + i)] }));
    const { G, owners, ids } = layOut(pairs);
    expect([G, owners.includes(0)]).toEqual([1, false]);
    expect(ids.length / (40 * 66)).toBeLessThan(1.5);
  });

  it('come in few sizes, since a device keeps buffers of each', () => {
    const sizes = new Set<string>();
    for (let candidates = 1; candidates <= 100; candidates++) {
      for (let prefix = 1; prefix <= 128; prefix += 9) {
        const { R, M, P } = layOut([{ prefix: Array<number>(prefix).fill(1), texts: Array.from({ length: candidates }, () => Array<number>(24).fill(1)) }]);
        sizes.add([R, M, P].join());
      }
    }
    // Of 1,500 requests.
    expect(sizes.size).toBeLessThan(50);
  });

  it('refuse what no model reads', () => {
    expect(() => layOut([{ prefix: [1], texts: [] }])).toThrow(expect.objectContaining({ code: 'BAD_INPUT', field: 'texts' }));
    expect(() => layOut([{ prefix: [1], texts: [[]] }])).toThrow(expect.objectContaining({ code: 'BAD_INPUT', field: 'text' }));
    expect(() => layOut([{ prefix: [CONFIG.vocabulary], texts: [[1]] }])).toThrow(expect.objectContaining({ code: 'BAD_INPUT', field: 'ids' }));
    expect(() => layOut([{ prefix: Array<number>(200).fill(1), texts: [Array<number>(57).fill(1)] }])).toThrow(/exceed the model's 256 positions/);
  });
});
