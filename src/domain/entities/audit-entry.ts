import type { JsonValue } from './feed-item';

/** Who did what to which thing, and when. Append-only. */
export interface AuditEntry {
  readonly id: string;
  readonly advertiserId: string;
  /** Who: a key's name, `cli`, `system`. */
  readonly actor: string;
  /** What: the operation's name, e.g. `updateCampaign`. */
  readonly action: string;
  readonly entityType: string;
  readonly entityId: string;
  /** The change, without secrets or profile text. */
  readonly details: JsonValue;
  readonly createdAt: Date;
}
