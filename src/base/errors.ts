/**
 * The one error type of the product. Every message says what was required, what came, and how to mend it.
 * It is mapped to a transport once, at that transport's edge (GraphQL, command line), never in between.
 */

/** What went wrong, for machines. A code is part of the public contract: add, never rename. */
export type ErrorCode =
  | 'BAD_INPUT'
  | 'NOT_FOUND'
  | 'STALE_VERSION'
  | 'CONFLICT'
  | 'FORBIDDEN'
  | 'UNAUTHENTICATED'
  | 'TOO_LARGE'
  /** The log says nothing about the policy that is asked about. */
  | 'NO_SUPPORT'
  | 'TOKEN_INVALID'
  | 'TOKEN_EXPIRED'
  /** What came after a cursor of a subscription is no longer kept. */
  | 'CURSOR_EXPIRED'
  /** Rows that a model learns from tell of those that judge it. */
  | 'SPLIT_LEAKS'
  /** Too few rows to learn from or to judge by. */
  | 'TOO_LITTLE_DATA'
  | 'OVERLOADED'
  | 'CANCELLED'
  | 'DEADLINE_EXCEEDED'
  | 'MODEL_INVALID'
  | 'MODEL_UNAVAILABLE'
  | 'ADAPTER_INVALID'
  | 'ADAPTER_MISMATCH'
  | 'ADAPTER_UNAVAILABLE'
  | 'DEVICE_UNAVAILABLE'
  | 'STORE_UNAVAILABLE'
  | 'STORE_LOCKED'
  | 'STORE_NEWER'
  | 'DISK_FULL'
  | 'CONFIG_INVALID'
  | 'INTERNAL';

export interface ErrorDetails {
  /** Where in the input: `input.flight.endsAt`, `line 12`, `model.safetensors`. */
  field?: string;
  /** How to mend it, in one sentence. */
  hint?: string;
  /** After how many milliseconds the same call may succeed; only where waiting mends it. */
  retryAfterMs?: number;
  cause?: unknown;
  /** What strangers are shown, where the message tells what is the operator's alone to know. */
  publicMessage?: string;
}

export class AdloomError extends Error {
  readonly code: ErrorCode;
  readonly field: string | undefined;
  readonly hint: string | undefined;
  readonly retryAfterMs: number | undefined;
  readonly publicMessage: string | undefined;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'AdloomError';
    this.code = code;
    this.field = details.field;
    this.hint = details.hint;
    this.retryAfterMs = details.retryAfterMs;
    this.publicMessage = details.publicMessage;
  }
}

export function badInput(field: string, message: string, hint?: string): AdloomError {
  return new AdloomError('BAD_INPUT', message, { field, hint });
}

/** The id is not repeated: inside it is another than the one that the caller sent. */
export function notFound(what: string, externalId?: string): AdloomError {
  return new AdloomError('NOT_FOUND', `There is no ${what} with ${externalId === undefined ? 'this id' : `the externalId ${JSON.stringify(externalId)}`}.`, {
    hint: externalId === undefined ? 'Check the id; ids are opaque and belong to one type and one advertiser.' : `Check the externalId, or make the ${what} first.`,
  });
}

/** For states that our own code must have prevented. */
export function bug(message: string, cause?: unknown): AdloomError {
  return new AdloomError('INTERNAL', `${message} This is a bug in Adloom.`, { cause });
}

export function isAdloomError(error: unknown): error is AdloomError {
  return error instanceof Error && error.name === 'AdloomError' && 'code' in error;
}

/** Message of anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
