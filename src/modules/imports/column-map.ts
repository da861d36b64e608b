import { badInput } from '../../base/errors';
import type { FileFormat } from './row-source';

export interface FieldSpec {
  readonly name: string;
  readonly required: boolean;
}

export type ColumnMap = Readonly<Record<string, string>>;

/** Reads `externalId=user_id,itemText=Item title`. */
export function parseColumnMap(text: string): ColumnMap {
  const map: Record<string, string> = {};
  for (const part of text.split(',')) {
    const [field, ...column] = part.split('=');
    if (field === undefined || field.trim() === '' || column.length === 0 || column.join('=').trim() === '') {
      throw badInput('map', `A column map reads field=column,field=column; came ${JSON.stringify(part)}.`);
    }
    map[field.trim()] = column.join('=').trim();
  }
  return map;
}

/**
 * Which column holds each field: the one the map names, else the one whose name is the field's, whatever its letter case and
 * separators (`external_id`, `External ID`). Refuses a map of unknown fields or columns and a file that lacks what is required.
 */
export function resolveColumns(fields: readonly FieldSpec[], map: ColumnMap, columns: readonly string[] | null, format: FileFormat): Map<string, string> {
  for (const field of Object.keys(map)) {
    if (!fields.some(({ name }) => name === field) && !field.startsWith('attributes.')) {
      throw badInput('map', `There is no field ${JSON.stringify(field)} to map to.`, `Fields: ${fields.map(({ name }) => name).join(', ')}.`);
    }
  }
  const resolved = new Map<string, string>();
  for (const { name, required } of fields) {
    const wanted = map[name];
    // Lines of JSON may each have other fields: they are looked for row by row.
    if (columns === null || format === 'jsonl') {
      resolved.set(name, wanted ?? name);
      continue;
    }
    const column = wanted === undefined ? columns.find((each) => plain(each) === plain(name)) : columns.find((each) => each === wanted);
    if (column !== undefined) resolved.set(name, column);
    else if (wanted !== undefined) throw badInput('map', `There is no column ${JSON.stringify(wanted)}.`, `Columns: ${columns.join(', ')}.`);
    else if (required) {
      throw badInput('line 1', `The file has no column for ${name}. Columns: ${columns.join(', ').slice(0, 300)}.`, `Name the column with --map ${name}=<column>.`);
    }
  }
  return resolved;
}

function plain(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9.]/g, '');
}
