import { AdloomError, type ErrorCode } from '../../base/errors';

/** One thing wrong with what a caller sent, in words that let a person mend it. */
export interface Problem {
  readonly code: ErrorCode;
  /** Path inside the input, `flight.endsAt`; null speaks of the whole. */
  readonly field: string | null;
  readonly message: string;
  readonly hint?: string | undefined;
}

/** All that is wrong with one input, told at once: nobody should have to mend and send again for each field. */
export class InputProblems extends AdloomError {
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    const first = problems[0]!;
    const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : '';
    super(first.code, `${first.message}${more}`, { field: first.field ?? undefined, hint: first.hint });
    this.problems = problems;
  }
}

/** Collects problems; `orThrow` ends the check. */
export class Checker {
  readonly problems: Problem[] = [];

  add(field: string | null, message: string, hint?: string, code: ErrorCode = 'BAD_INPUT'): void {
    this.problems.push({ code, field, message, hint });
  }

  orThrow(): void {
    if (this.problems.length > 0) throw new InputProblems(this.problems);
  }
}

/** Problems of anything a person can mend; null for what is not theirs to mend (a lost database, a bug). */
export function problemsOf(error: unknown): readonly Problem[] | null {
  if (error instanceof InputProblems) return error.problems;
  if (!(error instanceof AdloomError) || !MENDABLE.has(error.code)) return null;
  return [{ code: error.code, field: error.field ?? null, message: error.publicMessage ?? error.message, hint: error.hint }];
}

const MENDABLE: ReadonlySet<ErrorCode> = new Set(['BAD_INPUT', 'NOT_FOUND', 'STALE_VERSION', 'CONFLICT', 'TOO_LARGE', 'TOKEN_INVALID', 'TOKEN_EXPIRED']);
