import path from 'node:path';
import { AdloomError } from '../base/errors';
import type { LogLevel } from '../base/logger';
import { DEVICE_SETTINGS, type DeviceSetting } from '../ml/devices/choose-device';
import { PRECISIONS, type AskedPrecision } from '../ml/precision/precision-for';
import { RETRAIN_SETTINGS, type RetrainSetting } from '../modules/learning/retrain-where-due';

/** The project's folder, wherever the program was started from. */
export const PROJECT_ROOT = path.resolve(__dirname, '..', '..');

/** A model to open: where it is, and whether somebody asked for exactly this one. */
export interface ModelChoice {
  readonly reference: string;
  /** False for the shipped default: the program starts without it where it is missing. */
  readonly required: boolean;
}

export interface Config {
  readonly port: number;
  readonly host: string;
  /** Absent, the embedded database in `dataDir` is used. */
  readonly databaseUrl: string | undefined;
  readonly dataDir: string;
  /** Null: serve without. */
  readonly ctrModel: ModelChoice | null;
  readonly writerModel: ModelChoice | null;
  /** Threads of each model; all cores when absent. */
  readonly threads: number | undefined;
  /** What the models run on. */
  readonly device: DeviceSetting;
  /** Bits of the classifier; auto takes the fewest that its gate lets pass on its device. */
  readonly precision: AskedPrecision;
  /** Bound of the scores that are remembered. */
  readonly rememberedBytes: number;
  readonly deviceBufferBytes: number;
  /** How often each vertical's classifier learns from the log by itself; with it, where it drifts. */
  readonly retrain: RetrainSetting;
  /** For how many days an event can be resumed from, and the key of a request makes its retry safe. */
  readonly feedDays: number;
  readonly retryDays: number;
  readonly logLevel: LogLevel;
  /** Fill an empty database with the demo campaigns. */
  readonly demo: boolean;
  readonly allowedOrigins: readonly string[];
  readonly maxBodyBytes: number;
  readonly production: boolean;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Every setting there is, for `--help` and the README. */
export const SETTINGS: readonly { readonly name: string; readonly default: string; readonly text: string }[] = [
  { name: 'PORT', default: '4000', text: 'Port to listen on; 0 takes a free one.' },
  { name: 'HOST', default: '127.0.0.1', text: 'Address to listen on; 0.0.0.0 is all.' },
  { name: 'DATABASE_URL', default: '', text: 'PostgreSQL to use: postgresql://user:password@host:port/database.' },
  { name: 'ADLOOM_DATA_DIR', default: '.data', text: 'Directory of the embedded database and of prepared model files.' },
  { name: 'ADLOOM_CTR_MODEL', default: 'models/ctr', text: 'Directory of the classifier; none serves without.' },
  { name: 'ADLOOM_WRITER_MODEL', default: 'models/writer', text: 'Directory or hub name of the writer; none serves without.' },
  { name: 'ADLOOM_THREADS', default: '', text: 'Threads of each model.' },
  { name: 'ENGINE_DEVICE', default: 'auto', text: 'What the models run on: auto, cuda, webgpu or cpu. auto is the first that works and is faster than the cpu.' },
  { name: 'ENGINE_PRECISION', default: 'auto', text: 'Numbers that the classifier computes in: auto, fp32, int8, fp16 or w8a16 (weights in 8 bits, the rest in 16).' },
  { name: 'ADLOOM_DEVICE_BUFFERS_MB', default: '4096', text: 'Memory of a device for what the classifier keeps there between runs, in MiB, about.' },
  { name: 'ADLOOM_SCORE_CACHE_MB', default: '32', text: 'Memory for scores that were given before, in MiB; 0 computes each anew.' },
  { name: 'ADLOOM_RETRAIN', default: 'off', text: 'How often the classifier of each vertical learns from the log by itself, and where it drifts: off, daily or weekly.' },
  { name: 'ADLOOM_FEED_DAYS', default: '7', text: 'For how many days a subscription can be resumed from an event.' },
  { name: 'ADLOOM_RETRY_DAYS', default: '7', text: 'For how many days an idempotencyKey is remembered.' },
  { name: 'ADLOOM_DEMO', default: 'true', text: 'Fill an empty database with demo campaigns.' },
  { name: 'ADLOOM_ALLOWED_ORIGINS', default: '', text: 'Origins of web pages that may call the API, separated by commas.' },
  { name: 'ADLOOM_MAX_BODY_BYTES', default: '4194304', text: 'Largest request.' },
  { name: 'LOG_LEVEL', default: 'info', text: 'debug, info, warn or error.' },
  { name: 'NODE_ENV', default: '', text: 'production hides schema hints from error messages.' },
];

/** The one reader of the environment. Wrong values are errors that name the variable, never silently something else. */
export function loadConfig(environment: Environment = process.env, overrides: Partial<Config> = {}): Config {
  const read = (name: string): string | undefined => environment[name]?.trim() || undefined;
  const config: Config = {
    port: integer('PORT', read('PORT') ?? '4000', 0, 65_535),
    host: read('HOST') ?? '127.0.0.1',
    databaseUrl: databaseUrl(read('DATABASE_URL')),
    dataDir: path.resolve(PROJECT_ROOT, read('ADLOOM_DATA_DIR') ?? '.data'),
    ctrModel: model(read('ADLOOM_CTR_MODEL'), 'models/ctr'),
    writerModel: model(read('ADLOOM_WRITER_MODEL'), 'models/writer'),
    threads: read('ADLOOM_THREADS') === undefined ? undefined : integer('ADLOOM_THREADS', read('ADLOOM_THREADS')!, 1, 1_024),
    device: oneOf('ENGINE_DEVICE', read('ENGINE_DEVICE') ?? 'auto', DEVICE_SETTINGS),
    precision: oneOf('ENGINE_PRECISION', read('ENGINE_PRECISION') ?? 'auto', PRECISIONS),
    deviceBufferBytes: 1_048_576 * integer('ADLOOM_DEVICE_BUFFERS_MB', read('ADLOOM_DEVICE_BUFFERS_MB') ?? '4096', 64, 1_048_576),
    rememberedBytes: 1_048_576 * integer('ADLOOM_SCORE_CACHE_MB', read('ADLOOM_SCORE_CACHE_MB') ?? '32', 0, 65_536),
    retrain: oneOf('ADLOOM_RETRAIN', read('ADLOOM_RETRAIN') ?? 'off', RETRAIN_SETTINGS),
    feedDays: integer('ADLOOM_FEED_DAYS', read('ADLOOM_FEED_DAYS') ?? '7', 1, 36_500),
    retryDays: integer('ADLOOM_RETRY_DAYS', read('ADLOOM_RETRY_DAYS') ?? '7', 1, 36_500),
    logLevel: oneOf('LOG_LEVEL', read('LOG_LEVEL') ?? 'info', ['debug', 'info', 'warn', 'error']),
    demo: oneOf('ADLOOM_DEMO', read('ADLOOM_DEMO') ?? 'true', ['true', 'false', '1', '0']).match(/true|1/) !== null,
    allowedOrigins: origins(read('ADLOOM_ALLOWED_ORIGINS')),
    maxBodyBytes: integer('ADLOOM_MAX_BODY_BYTES', read('ADLOOM_MAX_BODY_BYTES') ?? '4194304', 1_024, 256 * 1024 * 1024),
    production: read('NODE_ENV') === 'production',
  };
  return { ...config, ...Object.fromEntries(Object.entries(overrides).filter(([, value]) => value !== undefined)) };
}

function wrong(name: string, came: string, hint: string): AdloomError {
  return new AdloomError('CONFIG_INVALID', `${name} is ${JSON.stringify(came)}.`, { field: name, hint });
}

function integer(name: string, text: string, low: number, high: number): number {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= low && value <= high)) throw wrong(name, text, `It must be a whole number from ${low} to ${high}.`);
  return value;
}

function oneOf<Choice extends string>(name: string, text: string, choices: readonly Choice[]): Choice {
  const found = choices.find((choice) => choice === text.toLowerCase());
  if (found === undefined) throw wrong(name, text, `It must be one of: ${choices.join(', ')}.`);
  return found;
}

function databaseUrl(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const url = URL.canParse(text) ? new URL(text) : null;
  // The value may hold a password: it is not repeated.
  if (!url || !/^postgres(?:ql)?:$/.test(url.protocol)) {
    throw new AdloomError('CONFIG_INVALID', 'DATABASE_URL is not the address of a PostgreSQL database.', {
      field: 'DATABASE_URL',
      hint: 'It looks like postgresql://user:password@host:5432/database. Leave it out to use the embedded database.',
    });
  }
  return text;
}

function model(text: string | undefined, shipped: string): ModelChoice | null {
  if (text === 'none') return null;
  if (text === undefined) return { reference: path.join(PROJECT_ROOT, shipped), required: false };
  return { reference: text, required: true };
}

function origins(text: string | undefined): string[] {
  const list = (text ?? '').split(',').map((each) => each.trim()).filter((each) => each !== '');
  for (const each of list) {
    if (!URL.canParse(each) || new URL(each).origin !== each) {
      throw wrong('ADLOOM_ALLOWED_ORIGINS', each, 'Write origins as browsers do: https://ads.example, without a path.');
    }
  }
  return list;
}
