import type { Vertical } from '../entities/campaign';
import type { Finding, FindingSeverity } from '../entities/creative';
import type { CopyFormat, CopyLimits } from '../copy/format';
import type { FactIndex } from './fact-index';
import type { Lexicon } from './lexicon';
import type { MemorisedSet } from './memorised-set';

/** Where in the field's text, in UTF-16 code units, end excluded. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

export interface GuardFinding extends Finding {
  readonly span: Span | null;
}

export interface Copy {
  readonly headline: string;
  readonly body: string | null;
  readonly callToAction: string | null;
}

/** One part of a creative, as a rule sees it. */
export interface Piece {
  readonly field: keyof Copy;
  readonly format: CopyFormat;
  readonly text: string;
  /** What the writer wrote, slots unfilled; absent for whole creatives and copy by people. */
  readonly template?: string;
}

/** What the rules know beside the copy itself. Lists may be empty; a rule without its knowledge finds nothing. */
export interface GuardContext {
  readonly vertical: Vertical;
  /** Copy by a model is held to more than copy by a person: what is doubtful in theirs is blocked in its. */
  readonly strict: boolean;
  readonly limits: CopyLimits;
  readonly facts: FactIndex;
  readonly bannedWords: readonly string[];
  readonly requiredDisclaimer: string | null;
  /** Headlines (and bodies) that the campaign already has. */
  readonly existing: readonly Copy[];
  readonly lexicon: Lexicon | null;
  /** Normalised lines of the licensed corpus. */
  readonly corpusLines: ReadonlySet<string> | null;
  readonly memorised: MemorisedSet | null;
  /** Templates of the copy that won, which the writer was tuned on: it is to vary them. */
  readonly winners: MemorisedSet | null;
}

export interface GuardRule {
  /** Stable name, kept with every finding. */
  readonly name: string;
  check(pieces: readonly Piece[], context: GuardContext): GuardFinding[];
}

export function piecesOf(copy: Copy): Piece[] {
  const pieces: Piece[] = [{ field: 'headline', format: 'HEADLINE', text: copy.headline }];
  if (copy.body !== null) pieces.push({ field: 'body', format: 'BODY', text: copy.body });
  if (copy.callToAction !== null) pieces.push({ field: 'callToAction', format: 'CALL_TO_ACTION', text: copy.callToAction });
  return pieces;
}

export interface Hit {
  readonly message: string;
  readonly span?: Span | null;
  readonly severity: FindingSeverity;
}

/** A rule that looks at one part at a time. */
export function pieceRule(name: string, check: (piece: Piece, context: GuardContext) => Hit[]): GuardRule {
  return {
    name,
    check: (pieces, context) =>
      pieces.flatMap((piece) =>
        check(piece, context).map((hit) => ({
          rule: name,
          severity: hit.severity,
          field: piece.field,
          message: hit.message,
          span: hit.span ?? null,
        })),
      ),
  };
}

/** Doubtful in a person's copy, forbidden in a model's. */
export function doubtful(context: GuardContext): FindingSeverity {
  return context.strict ? 'BLOCKING' : 'WARNING';
}
