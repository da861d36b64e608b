/** Continues prompts under rules, many continuations at once. Lives in a worker thread. */
import { createRng } from '../../base/rng';
import type { LanguageModel } from '../decoding/language-model';
import { Row, rowRules } from '../decoding/row';
import { drawToken, probabilityOf, type Distribution } from '../decoding/sampler';
import { buildTokenTable, type TokenTable } from '../decoding/token-table';
import type { GenerateRequest, Generation } from './types';

const DEFAULTS = { maxTokens: 40, temperature: 0.8, topP: 0.95 };
/** Below this probability of an end, an end that the limit forced is a text cut short. */
const WILLING_TO_END = 0.05;

export class WriterEngine {
  private readonly table: TokenTable;
  /** Whether the model was trained on structured prompts; others are asked in plain words. */
  private readonly readsMarkers: boolean;

  constructor(private readonly model: LanguageModel) {
    const { vocabulary, specials, ends } = model;
    this.table = buildTokenTable(vocabulary, (id) => model.decodeToken(id), (id) => specials.has(id), ends);
    this.readsMarkers = [...specials].some((id) => !ends.includes(id) && /^<\|[a-z]+\|>$/.test(model.decodeToken(id)));
  }

  async generate(request: GenerateRequest, cancelled: () => boolean): Promise<{ generations: Generation[]; tokeniseMs: number; inferenceMs: number } | undefined> {
    const started = performance.now();
    const { model } = this;
    const { temperature, topP, ...asked } = { ...DEFAULTS, ...request };
    // Prompt and text share the positions; neither may crowd out the other.
    const maxTokens = Math.min(asked.maxTokens, model.positions >> 1);
    const text = this.readsMarkers ? request.prompt : plainPrompt(request.prompt, request.placeholders);
    const encoded = model.encode(text);
    const prompt = [model.ends[0], ...encoded.slice(Math.max(0, encoded.length - (model.positions - maxTokens - 1)))];
    const tokeniseMs = performance.now() - started;
    const rng = createRng(request.seed);
    const rules = rowRules(request);
    const rows = Array.from({ length: request.count }, (_, row) => {
      return { row: new Row(this.table, rules), rng: rng.fork(`row:${row}`), sum: 0, drawn: 0, complete: false };
    });
    const choose = (index: number, next: Distribution): number | undefined => {
      const state = rows[index]!;
      const { token, logProbability } = drawToken(next, state.row, { temperature, topP }, state.rng);
      if (token === undefined) {
        state.row.close();
        return undefined;
      }
      state.sum += logProbability;
      state.drawn++;
      state.row.push(token);
      if (!state.row.done) return token;
      state.complete = probabilityOf(next, token) >= WILLING_TO_END;
      return undefined;
    };
    await model.continueRows({ prompt, rows: rows.length, maxTokens, temperature, choose, cancelled });
    if (cancelled()) return undefined;
    const generations = rows.map(({ row, sum, drawn, complete }) => {
      row.close();
      return { text: row.text.trim(), logProbability: drawn > 0 ? sum / drawn : 0, complete, tokens: row.tokenCount };
    });
    return { generations, tokeniseMs, inferenceMs: performance.now() - started - tokeniseMs };
  }
}

/**
 * A structured prompt (`<|name|>value...`) in plain words, for models that were not trained on ours. Such a model cannot write
 * placeholders, so that it is told what they stand for. A prompt without structure stays as it is.
 */
export function plainPrompt(prompt: string, placeholders: Readonly<Record<string, string>>): string {
  const fields = [...prompt.matchAll(/<\|([a-z]+)\|>([^<]*)/g)].map(([, name, value]) => [name!, value!.trim()] as const);
  if (fields.length === 0) return prompt;
  const told = fields.filter(([, value]) => value !== '').map(([name, value]) => `${name}: ${value}`);
  const facts = Object.entries(placeholders).map(([name, value]) => `${name.replace(/[<>]/g, '')}: ${value}`);
  return ['A short piece of advertising copy.', ...told, ...facts, 'copy:'].join('\n');
}
