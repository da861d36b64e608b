/** Continues prompts under rules, many continuations at once. Lives in a worker thread. */
import { Tensor } from '@xenova/transformers';
import { createRng } from '../../base/rng';
import { AdloomError } from '../../base/errors';
import { Row, rowRules } from '../decoding/row';
import { drawToken, probabilityOf } from '../decoding/sampler';
import { buildTokenTable, type TokenTable } from '../decoding/token-table';
import type { GenerateRequest, Generation } from '../serve/types';
import { ChosenTokens, processorList, type WriterModel } from './writer-model';

const DEFAULTS = { maxTokens: 40, temperature: 0.8, topP: 0.95 };
/** Continuations decoded together; more are done in turns. */
const BATCH = 16;
/** Below this probability of an end, an end that the limit forced is a text cut short. */
const WILLING_TO_END = 0.05;

export class WriterEngine {
  private readonly table: TokenTable;
  private readonly end: number;
  private readonly positions: number;
  /** Whether the model was trained on structured prompts; others are asked in plain words. */
  private readonly readsMarkers: boolean;

  constructor(private readonly writer: WriterModel) {
    const { tokenizer, model } = writer;
    const config = model.config as unknown as { vocab_size: number; eos_token_id?: number; n_positions?: number };
    this.end = config.eos_token_id ?? tokenizer.eos_token_id ?? 0;
    const special = new Set((tokenizer.all_special_ids ?? []).map(Number));
    const size = config.vocab_size;
    const decode = (id: number): string => tokenizer.decode([id], { skip_special_tokens: false, clean_up_tokenization_spaces: false });
    this.table = buildTokenTable(size, decode, (id) => special.has(id), this.end);
    this.positions = config.n_positions ?? 1024;
    this.readsMarkers = [...special].some((id) => id !== this.end && /^<\|[a-z]+\|>$/.test(decode(id)));
  }

  async generate(request: GenerateRequest, cancelled: () => boolean): Promise<{ generations: Generation[]; tokeniseMs: number; inferenceMs: number } | undefined> {
    const started = performance.now();
    const { temperature, topP, ...asked } = { ...DEFAULTS, ...request };
    // Prompt and text share the positions; neither may crowd out the other.
    const maxTokens = Math.min(asked.maxTokens, this.positions >> 1);
    const text = this.readsMarkers ? request.prompt : plainPrompt(request.prompt, request.placeholders);
    const encoded = this.writer.tokenizer.encode(text, { add_special_tokens: false });
    const prompt = [this.end, ...encoded.slice(-(this.positions - maxTokens - 1))];
    const tokeniseMs = performance.now() - started;
    const rng = createRng(request.seed);
    const generations: Generation[] = [];
    for (let from = 0; from < request.count; from += BATCH) {
      if (cancelled()) return undefined;
      const rows = Array.from({ length: Math.min(BATCH, request.count - from) }, (_, i) => {
        return { row: new Row(this.table, rowRules(request)), rng: rng.fork(`row:${from + i}`), sum: 0, drawn: 0, complete: false };
      });
      const choose = (index: number, logits: Float32Array): number => {
        const state = rows[index]!;
        if (state.row.done || cancelled()) return this.end;
        const { token, logProbability } = drawToken(logits, state.row, { temperature, topP }, state.rng);
        if (token === undefined) {
          state.row.close();
          return this.end;
        }
        state.sum += logProbability;
        state.drawn++;
        state.row.push(token);
        if (!state.row.done) return token;
        state.complete = probabilityOf(logits, token) >= WILLING_TO_END;
        return this.end;
      };
      await this.decode(prompt, rows.length, maxTokens, choose);
      for (const { row, sum, drawn, complete } of rows) {
        row.close();
        generations.push({ text: row.text.trim(), logProbability: drawn > 0 ? sum / drawn : 0, complete, tokens: row.tokenCount });
      }
    }
    return { generations, tokeniseMs, inferenceMs: performance.now() - started - tokeniseMs };
  }

  private async decode(prompt: readonly number[], rows: number, maxTokens: number, choose: (row: number, logits: Float32Array) => number): Promise<void> {
    const dims = [rows, prompt.length];
    const flat = Array.from({ length: rows }, () => prompt).flat();
    const ids = new Tensor('int64', BigInt64Array.from(flat, BigInt), dims);
    const mask = new Tensor('int64', new BigInt64Array(flat.length).fill(1n), dims);
    try {
      await this.writer.model.generate({
        inputs: ids,
        attention_mask: mask,
        max_new_tokens: maxTokens,
        do_sample: false,
        eos_token_id: this.end,
        pad_token_id: this.end,
        logits_processor: processorList(new ChosenTokens(choose)),
      } as never);
    } catch (cause) {
      throw new AdloomError('MODEL_INVALID', `The language model failed: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
    }
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
