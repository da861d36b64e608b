import { inWorker } from '../../support/in-worker';

interface Order {
  prompt: number[];
  rows: number;
  maxTokens: number;
  batch: number;
  /** What each row goes on with, in turn; it ends where there is no more. */
  tokens: number[][];
  cancelAfter?: number;
}
interface Counted {
  /** Rows and tokens of every run of the model, the prompt's first. */
  steps: [rows: number, tokens: number][];
  drawn: number[];
  /** Of one token, as each row was shown it. */
  logits: number[][];
  failure?: { code: string; message: string };
}

const ORDER: Order = { prompt: [5, 6, 7, 8], rows: 4, maxTokens: 10, batch: 8, tokens: [[1, 2, 3]] };
const count = (order: Partial<Order>): Promise<Counted> => inWorker<Counted>('continuation', { ...ORDER, ...order });
const rowsOf = ({ steps }: Counted): number[] => steps.slice(1).map(([rows]) => rows);

describe('writing many texts from one prompt', () => {
  it('reads the prompt once', async () => {
    const { steps } = await count({});
    expect(steps.filter(([, tokens]) => tokens > 1)).toEqual([[1, 4]]);
  });

  it('computes once what texts have in common, until they part', async () => {
    expect(rowsOf(await count({ rows: 6 }))).toEqual([1, 1, 1]);
    expect(rowsOf(await count({ rows: 6, tokens: [[1, 2, 3], [1, 2, 4]] }))).toEqual([1, 1, 2]);
    expect(rowsOf(await count({ rows: 6, tokens: [[1, 2, 3], [4, 2, 3], [1, 5, 3]] }))).toEqual([2, 3, 3]);
  });

  it('lets rows leave as they end, and others take their places', async () => {
    expect(rowsOf(await count({ tokens: [[1], [2, 2], [3, 3, 3], [4, 4, 4, 4]] }))).toEqual([4, 3, 2, 1]);
    const few = await count({ rows: 5, batch: 2, tokens: [[1, 1, 1, 1], [2], [3], [4], [5]] });
    expect(Math.max(...rowsOf(few))).toBe(2);
    expect(few.drawn).toEqual([5, 2, 2, 2, 2]);
  });

  it('shows a text the same numbers alone and among others that fork, end and begin around it', async () => {
    const tokens = [[1, 2, 3, 4, 5, 6, 7, 8], [1, 2, 3], [1, 2, 9, 10, 11, 12], [13], [1, 2, 3, 4, 14, 15]];
    const together = await count({ rows: 25, batch: 6, tokens });
    for (const [row, own] of tokens.entries()) {
      const alone = await count({ rows: 1, tokens: [own] });
      for (let same = row; same < 25; same += tokens.length) {
        expect(together.logits[same]).toHaveLength(alone.logits[0]!.length);
        together.logits[same]!.forEach((logit, i) => expect(logit).toBeCloseTo(alone.logits[0]![i]!, 4));
      }
    }
  });

  it('ends at the limit of tokens', async () => {
    const endless = [Array<number>(50).fill(3)];
    expect((await count({ maxTokens: 5, tokens: endless })).drawn).toEqual([5, 5, 5, 5]);
    expect(await count({ maxTokens: 1, tokens: endless })).toMatchObject({ drawn: [1, 1, 1, 1], steps: [[1, 4]] });
    expect((await count({ maxTokens: 40, tokens: endless })).steps).toHaveLength(40);
  });

  it('stops between two steps when it is cancelled', async () => {
    expect((await count({ maxTokens: 40, tokens: [Array<number>(50).fill(3)], cancelAfter: 3 })).steps).toHaveLength(4);
  });

  it.each([[[5, 1536]], [[-1]], [[1.5]]])('refuses tokens that the model does not have: %j', async (prompt) => {
    const { failure, steps } = await count({ prompt });
    expect(failure).toEqual({ code: 'MODEL_INVALID', message: `The tokenizer gave token ${prompt.at(-1)}; the model has tokens 0 to 1535.` });
    expect(steps).toEqual([]);
  });
});
