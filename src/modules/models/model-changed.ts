import type { ModelVersion } from '../../domain/entities/model-version';
import type { Message } from '../bus';

/** What `modelChanged` tells; record it in the transaction of the change. */
export function modelChanged({ id, kind, vertical, stage }: ModelVersion): Message {
  return { key: vertical ?? 'ALL', payload: { modelVersionId: id, kind, vertical, stage } };
}
