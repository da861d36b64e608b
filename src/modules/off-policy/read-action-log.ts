import { createReadStream } from 'node:fs';
import { AdloomError, badInput, isAdloomError, messageOf } from '../../base/errors';
import type { SparseMatrix } from '../../ml/baseline/sparse';
import { resolveColumns, type ColumnMap } from '../imports/column-map';
import { rowBatches } from '../imports/row-source';
import { contextMatrix } from './context-matrix';

/** A log of a policy, by row. Actions and positions are places in the vocabulary. */
export interface ActionLog {
  readonly file: string;
  readonly format: 'open-bandit' | 'columns';
  readonly actions: Int32Array;
  readonly positions: Int32Array;
  readonly rewards: Float64Array;
  readonly propensities: Float64Array;
  readonly context: SparseMatrix | null;
}

/** Names of actions and positions by place, shared by all files that one evaluation reads. */
export class Vocabulary {
  readonly actions = new Map<string, number>();
  readonly positions = new Map<string, number>();

  static place(names: Map<string, number>, name: string): number {
    const place = names.get(name) ?? names.size;
    names.set(name, place);
    return place;
  }
}

export interface LogColumns {
  readonly map: ColumnMap;
  /** Columns of the context that the reward model may use; of Open Bandit's files, the user's features unless given. */
  readonly context: readonly string[] | null;
}

/** Larger rewards leave no digits for what they are added to. */
const MOST_REWARD = 1e15;
/** The only position of a log that has none. */
const NO_POSITION = '-';
const OPEN_BANDIT: ColumnMap = { action: 'item_id', reward: 'click', propensity: 'propensity_score', position: 'position' };
const FIELDS = ['action', 'reward', 'propensity', 'position'] as const;

/** @param needs.propensities whether a row without one is an error, or the log is only to be counted. @throws BAD_INPUT. */
export async function readActionLog(file: string, { map, context }: LogColumns, vocabulary: Vocabulary, needs: { propensities: boolean }): Promise<ActionLog> {
  const [actions, positions, rewards, propensities] = [[] as number[], [] as number[], [] as number[], [] as number[]];
  let columns: Map<string, string> = new Map();
  let contextColumns: readonly string[] = [];
  let format: ActionLog['format'] = 'columns';
  const contexts: string[][] = [];
  const onColumns = (found: readonly string[]): void => {
    const known = Object.keys(map).length === 0 && ['item_id', 'click'].every((column) => found.includes(column));
    format = known ? 'open-bandit' : 'columns';
    const wanted = known ? Object.fromEntries(Object.entries(OPEN_BANDIT).filter(([, column]) => found.includes(column))) : map;
    columns = resolveColumns(FIELDS.map((name) => ({ name, required: name === 'action' || name === 'reward' })), wanted, found, 'csv');
    if (needs.propensities && !columns.has('propensity')) throw noPropensities(`The log has no column for propensity. Columns: ${found.join(', ').slice(0, 300)}.`);
    contextColumns = needs.propensities ? (context ?? (known ? found.filter((column) => column.startsWith('user_feature_')) : [])) : [];
    const missing = contextColumns.find((column) => !found.includes(column));
    const telling = contextColumns.find((column) => [columns.get('reward'), columns.get('propensity')].includes(column));
    if (telling !== undefined) throw badInput('context', `The column ${JSON.stringify(telling)} holds the reward or the propensity, which nobody knew before the choice.`, 'Leave it out of --context.');
    if (missing !== undefined) throw badInput('context', `There is no column ${JSON.stringify(missing)}.`, `Columns: ${found.join(', ').slice(0, 300)}.`);
  };
  try {
    for await (const batch of rowBatches(createReadStream(file), 'csv', { onColumns })) {
      for (const { line, values, problem } of batch) {
        // A log with holes would give other figures without a word.
        if (problem !== null) throw badInput(`line ${line}`, `Line ${line} cannot be read: ${problem}.`);
        const cell = (field: string): string => cellOf(values, columns.get(field));
        if (cell('action') === '') throw badInput(`line ${line}`, `Line ${line} names no action.`);
        actions.push(Vocabulary.place(vocabulary.actions, cell('action')));
        positions.push(Vocabulary.place(vocabulary.positions, cell('position') || NO_POSITION));
        rewards.push(numberIn(line, 'reward', cell('reward'), (value) => Math.abs(value) <= MOST_REWARD, 'a number of at most 1e15 either way'));
        if (needs.propensities) {
          if (cell('propensity') === '') throw noPropensities(`Line ${line} has no propensity.`);
          propensities.push(numberIn(line, 'propensity', cell('propensity'), (value) => value >= 0 && value <= 1, 'a probability above 0 and at most 1'));
        }
        if (contextColumns.length > 0) contexts.push(contextColumns.map((column) => (values.get(column) as string).trim()));
      }
    }
  } catch (cause) {
    if (isAdloomError(cause)) throw new AdloomError(cause.code, `${file}: ${cause.message}`, { field: cause.field, hint: cause.hint, cause });
    throw new AdloomError('BAD_INPUT', `${file} cannot be read: ${messageOf(cause)}`, { field: 'file', hint: 'Give a CSV file.', cause });
  }
  if (actions.length === 0) throw badInput('line 2', `${file}: The file has column names and no rows.`, 'Give a log of at least one decision.');
  return {
    file,
    format,
    actions: Int32Array.from(actions),
    positions: Int32Array.from(positions),
    rewards: Float64Array.from(rewards),
    propensities: Float64Array.from(propensities),
    context: contextColumns.length === 0 ? null : contextMatrix(contexts, contextColumns),
  };
}

/** Blank where the file has no such column. A column may be named nothing, as that of row numbers often is. */
export function cellOf(values: ReadonlyMap<string, unknown>, column: string | undefined): string {
  return column === undefined ? '' : String(values.get(column) ?? '').trim();
}

export function numberIn(line: number, field: string, text: string, fits: (value: number) => boolean, what: string): number {
  const value = text === '' ? Number.NaN : Number(text);
  if (!fits(value)) throw badInput(`line ${line}`, `The ${field} of line ${line} is ${JSON.stringify(text.slice(0, 40))}; it must be ${what}.`);
  return value;
}

function noPropensities(message: string): AdloomError {
  return badInput('propensity', message, 'Without the probability of what was shown no other policy can be evaluated: name its column with --map propensity=<column>, or log it.');
}
