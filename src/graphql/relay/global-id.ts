import { badInput } from '../../base/errors';
import { isUuid } from '../../base/ids';

/** Types that have a global id; the name is part of the id, so that an id of one type is refused where another is asked. */
export const NODE_TYPES = ['Campaign', 'Creative', 'Profile', 'Prediction', 'ModelVersion', 'GenerationJob', 'TrainingRun', 'Outcome', 'Decision', 'Experiment'] as const;
export type NodeType = (typeof NODE_TYPES)[number];

export function toGlobalId(type: NodeType, id: string): string {
  return Buffer.from(`${type}:${id}`, 'utf8').toString('base64url');
}

/** Null when the text is no id that we ever gave out. */
export function readGlobalId(globalId: string): { type: NodeType; id: string } | null {
  if (globalId.length > 200) return null;
  const [type, id, ...rest] = Buffer.from(globalId, 'base64url').toString('utf8').split(':');
  if (rest.length > 0 || !id || !isUuid(id) || !(NODE_TYPES as readonly string[]).includes(type!)) return null;
  return { type: type as NodeType, id };
}

/** The inner id; refuses ids of other types, naming the field. */
export function fromGlobalId(field: string, type: NodeType, globalId: string): string {
  const read = readGlobalId(globalId);
  if (read?.type === type) return read.id;
  const came = read ? `the id of a ${read.type}` : 'not an id of Adloom';
  throw badInput(field, `${field} must be the id of a ${type}; it is ${came}.`, `Use the field id of a ${type}, unchanged.`);
}

export function fromGlobalIdOrNull(field: string, type: NodeType, globalId: string | null | undefined): string | null {
  return globalId == null ? null : fromGlobalId(field, type, globalId);
}

/** What every field `id` says of itself. */
export const ID_TEXT = 'Opaque and global: unchanged for as long as the thing exists. Never take it apart.';
