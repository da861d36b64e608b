/** Weights, their optimiser and the session that differentiates them: one training step, and its state on disk. */
import { bug } from '../../base/errors';
import { AdamW, clipScale, ADAMW_DEFAULTS, type AdamWOptions } from '../optim/adamw';
import type { Weights } from '../gpt2/parameters';
import { createSession, type Feeds, type Session, type TensorValue } from '../runtime/session';
import { floatTensor, type FloatTensor } from '../weights/tensor';
import type { Program } from './programs';

export interface TrainerOptions {
  optimiser?: Partial<AdamWOptions>;
  /** Largest joint norm of the gradients; Infinity leaves them as they are. */
  clip: number;
  /** Multiplies the learning rate of parameters whose names start with the key. */
  rates?: Readonly<Record<string, number>>;
  threads?: number;
}

export interface StepResult {
  loss: number;
  gradientNorm: number;
}

export class Trainer {
  readonly optimiser: AdamW;
  /** Running mean of the weights since averaging began, and over how many steps. */
  private average: { weights: Map<string, Float32Array>; count: number } | undefined;
  private readonly weightFeeds: Feeds;

  private constructor(
    readonly weights: Weights,
    private readonly program: Program,
    private session: Session,
    private readonly options: TrainerOptions,
  ) {
    const trained = new Set(program.trained);
    this.optimiser = new AdamW(
      program.parameters
        .filter(({ name }) => trained.has(name))
        .map(({ name, shape }) => ({ name, data: this.weight(name, shape).data, decay: shape.length > 1, rate: this.rateOf(name) })),
      { ...ADAMW_DEFAULTS, ...options.optimiser },
    );
    this.weightFeeds = Object.fromEntries(
      program.parameters.map(({ name, shape }) => [name, { dtype: 'float32', dims: shape, data: this.weight(name, shape).data } satisfies TensorValue]),
    );
  }

  static async open(weights: Weights, program: Program, options: TrainerOptions): Promise<Trainer> {
    return new Trainer(weights, program, await createSession(program.bytes, { threads: options.threads }), options);
  }

  /** Starts the session anew, and with it the streams of dropout masks: a run that resumes here continues exactly. */
  async restartSession(program: Program): Promise<void> {
    await this.session.release();
    this.session = await createSession(program.bytes, { threads: this.options.threads });
  }

  /** Loss and gradients of one batch, without an update. */
  async differentiate(feeds: Feeds): Promise<{ loss: number; gradients: Map<string, Float32Array> }> {
    const results = await this.session.run({ ...this.weightFeeds, ...feeds }, ['loss', ...this.program.trained.map((name) => `d.${name}`)]);
    const gradients = new Map(this.program.trained.map((name) => [name, results[`d.${name}`]!.data as Float32Array]));
    return { loss: (results.loss!.data as Float32Array)[0]!, gradients };
  }

  /** One update from one batch, or from several whose losses and gradients are summed (their weights must sum to 1 together). */
  async step(batches: readonly Feeds[], rate: number): Promise<StepResult> {
    let total: { loss: number; gradients: Map<string, Float32Array> } | undefined;
    for (const feeds of batches) {
      const part = await this.differentiate(feeds);
      if (!total) total = part;
      else {
        total.loss += part.loss;
        for (const [name, sum] of total.gradients) addInto(sum, part.gradients.get(name)!);
      }
    }
    if (!total) throw bug('A training step without a batch.');
    const { norm, scale } = clipScale(total.gradients, this.options.clip);
    this.optimiser.step(total.gradients, rate, scale);
    return { loss: total.loss, gradientNorm: norm };
  }

  /** Takes the present weights into the running mean (Polyak averaging). */
  accumulateAverage(): void {
    this.average ??= { weights: new Map(this.program.trained.map((name) => [name, new Float32Array(this.weight(name).data.length)])), count: 0 };
    const share = 1 / ++this.average.count;
    for (const [name, mean] of this.average.weights) {
      const { data } = this.weight(name);
      for (let i = 0; i < mean.length; i++) mean[i]! += (data[i]! - mean[i]!) * share;
    }
  }

  /** The averaged weights, or the present ones where averaging has not begun. */
  averagedWeights(): Weights {
    return new Map([...this.weights].map(([name, { shape, data }]) => [name, { shape, data: this.average?.weights.get(name) ?? data }]));
  }

  /** Everything that a later `restore` needs, as named tensors. */
  state(): Map<string, FloatTensor> {
    const tensors = new Map<string, FloatTensor>();
    for (const [name, { shape, data }] of this.weights) tensors.set(`weight.${name}`, floatTensor(shape, data));
    for (const [name, { first, second }] of this.optimiser.moments) {
      tensors.set(`first.${name}`, floatTensor([first.length], first));
      tensors.set(`second.${name}`, floatTensor([second.length], second));
    }
    for (const [name, mean] of this.average?.weights ?? []) tensors.set(`average.${name}`, floatTensor([mean.length], mean));
    return tensors;
  }

  restore(tensors: ReadonlyMap<string, { data: unknown }>, steps: number, averaged: number): void {
    const read = (key: string, into: Float32Array): void => {
      const source = tensors.get(key)?.data;
      if (!(source instanceof Float32Array) || source.length !== into.length) throw bug(`The checkpoint does not hold ${key} as ${into.length} floats.`);
      into.set(source);
    };
    for (const [name, { data }] of this.weights) read(`weight.${name}`, data);
    for (const [name, { first, second }] of this.optimiser.moments) {
      read(`first.${name}`, first);
      read(`second.${name}`, second);
    }
    if (averaged > 0) {
      this.average = { weights: new Map(this.program.trained.map((name) => [name, new Float32Array(this.weight(name).data.length)])), count: averaged };
      for (const [name, mean] of this.average.weights) read(`average.${name}`, mean);
    }
    this.optimiser.steps = steps;
  }

  get averagedSteps(): number {
    return this.average?.count ?? 0;
  }

  close(): Promise<void> {
    return this.session.release();
  }

  private weight(name: string, shape?: readonly number[]): { shape: readonly number[]; data: Float32Array } {
    const weight = this.weights.get(name);
    if (!weight) throw bug(`The program needs the weight ${name}.`);
    if (shape && weight.shape.join() !== shape.join()) throw bug(`The program needs the weight ${name} in the shape [${shape.join(', ')}], not [${weight.shape.join(', ')}].`);
    return weight;
  }

  private rateOf(name: string): number {
    const entry = Object.entries(this.options.rates ?? {}).find(([prefix]) => name.startsWith(prefix));
    return entry?.[1] ?? 1;
  }
}

function addInto(sum: Float32Array, part: Float32Array): void {
  for (let i = 0; i < sum.length; i++) sum[i]! += part[i]!;
}
