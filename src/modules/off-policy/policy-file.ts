import { createReadStream } from 'node:fs';
import { AdloomError, badInput, isAdloomError, messageOf } from '../../base/errors';
import { resolveColumns } from '../imports/column-map';
import { rowBatches } from '../imports/row-source';
import { byPosition, type EvaluationPolicy } from './evaluation-policy';
import { cellOf, numberIn, Vocabulary, type ActionLog } from './read-action-log';

const SUM_TOLERANCE = 1e-6;

/** Rows of a small CSV file by field. @throws BAD_INPUT naming the file. */
export async function readTable(file: string, required: readonly string[], optional: readonly string[], onRow: (line: number, cell: (field: string) => string) => void): Promise<void> {
  let columns: Map<string, string> = new Map();
  const fields = [...required.map((name) => ({ name, required: true })), ...optional.map((name) => ({ name, required: false }))];
  const onColumns = (found: readonly string[]): void => {
    columns = resolveColumns(fields, {}, found, 'csv');
  };
  try {
    for await (const batch of rowBatches(createReadStream(file), 'csv', { onColumns })) {
      for (const { line, values, problem } of batch) {
        if (problem !== null) throw badInput(`line ${line}`, `Line ${line} cannot be read: ${problem}.`);
        onRow(line, (field) => cellOf(values, columns.get(field)));
      }
    }
  } catch (cause) {
    if (isAdloomError(cause)) {
      const hint = cause.hint?.includes('--map') ? `The file needs the columns ${required.join(', ')}.` : cause.hint;
      throw new AdloomError(cause.code, `${file}: ${cause.message}`, { field: cause.field, hint, cause });
    }
    throw badInput('--evaluation-policy', `${file} cannot be read: ${messageOf(cause)}`, 'Give a CSV file.');
  }
}

/**
 * A policy from a CSV of action, probability and, where it differs, position; what is not named has probability 0.
 * @throws BAD_INPUT, among others when a position's probabilities do not sum to 1.
 */
export async function readPolicyFile(file: string, log: ActionLog, vocabulary: Vocabulary): Promise<EvaluationPolicy> {
  const rows: { position: string; action: number; probability: number }[] = [];
  const seen = new Set<string>();
  const known = [...vocabulary.actions.keys()];
  await readTable(file, ['action', 'probability'], ['position'], (line, cell) => {
    const [position, name] = [cell('position'), cell('action')];
    if (name === '') throw badInput(`line ${line}`, `Line ${line} names no action.`);
    if (seen.has(`${position}\0${name}`)) throw badInput(`line ${line}`, `Line ${line} names action ${name} a second time${position === '' ? '' : ` for position ${position}`}.`);
    seen.add(`${position}\0${name}`);
    if (position !== '' && !vocabulary.positions.has(position)) throw badInput(`line ${line}`, `The log has no position ${position}.`, `Positions of the log: ${[...vocabulary.positions.keys()].join(', ')}.`);
    rows.push({ position, action: Vocabulary.place(vocabulary.actions, name), probability: numberIn(line, 'probability', cell('probability'), (value) => value >= 0 && value <= 1, 'a number from 0 to 1') });
  });
  if (rows.length > 0 && rows.every(({ action }) => action >= known.length)) {
    const names = shown([...vocabulary.actions.keys()].slice(known.length));
    throw new AdloomError('NO_SUPPORT', `100 % of the evaluation policy's probability lies on actions that the log never shows: ${file} names ${names}, the log ${shown(known)}.`, {
      field: '--evaluation-policy',
      hint: 'Evaluate a policy that stays within what was shown, and spell actions as the log does.',
    });
  }
  const tables = [...vocabulary.positions.keys()].map((position) => {
    const table = new Float64Array(vocabulary.actions.size);
    for (const row of rows) if (row.position === '' || row.position === position) table[row.action]! += row.probability;
    const sum = table.reduce((total, value) => total + value, 0);
    if (!(Math.abs(sum - 1) <= SUM_TOLERANCE)) {
      throw badInput('--evaluation-policy', `${file}: The probabilities${vocabulary.positions.size > 1 ? ` at position ${position}` : ''} sum to ${Number(sum.toPrecision(9))}; they must sum to 1.`, 'Give every action its probability; what is not named has none.');
    }
    return table;
  });
  return byPosition(`probabilities of ${file}`, log, tables);
}

function shown(names: readonly string[]): string {
  return names.slice(0, 3).map((name) => JSON.stringify(name.slice(0, 40))).join(', ') + (names.length > 3 ? ', ...' : '');
}
