import { isAdloomError } from '../../base/errors';
import type { OutcomeKind } from '../../domain/entities/outcome';
import type { BriefDecision } from '../../store/decisions';
import type { Dependencies } from '../dependencies';
import type { Checker } from '../input/problems';
import { keyIdOf, verifyToken, forged, type TokenClaims } from './delivery-token';
import type { OutcomeInput } from './record-outcomes';

/** An outcome with the decision that it is of; null where it names a creative alone. */
export interface ResolvedOutcome {
  readonly input: OutcomeInput;
  readonly kind: OutcomeKind;
  readonly decision: BriefDecision | null;
}

/** Finds the decisions that outcomes name, by token or by id, and says all that is wrong with how they name them. */
export async function resolveOutcomes(deps: Dependencies, check: Checker, inputs: readonly OutcomeInput[]): Promise<ResolvedOutcome[]> {
  const claims = await Promise.all(inputs.map((input, index) => (input.token == null ? null : claimsOf(deps, check, input, `outcomes.${index}`))));
  const idOf = (input: OutcomeInput, index: number): string | null => claims[index]?.decisionId ?? (input.token == null ? (input.decisionId ?? null) : null);
  const ids = [...new Set(inputs.map(idOf).filter((id) => id !== null))];
  const decisions = new Map((await deps.store.decisions.briefByIds(deps.advertiserId, ids)).map((decision) => [decision.id, decision]));
  return inputs.map((input, index) => {
    const at = `outcomes.${index}`;
    const named = [input.creativeId, input.decisionId, input.token].filter((name) => name != null).length;
    if (named !== 1) check.add(at, `${at} must name exactly one of creativeId, decisionId and token; it names ${named}.`, 'Send the token that decide gave, or one of the ids.');
    const id = idOf(input, index);
    if (id !== null && !decisions.has(id)) check.add(`${at}.${input.token == null ? 'decisionId' : 'token'}`, 'There is no decision with this id.', 'Send what decide gave.', 'NOT_FOUND');
    const kind = claims[index]?.kind ?? input.kind;
    if (kind == null && input.token == null) check.add(`${at}.kind`, `${at} must say of which kind it is.`, 'Only a token needs no kind.');
    if (id !== null && (input.count ?? 1) !== 1) check.add(`${at}.count`, `${at}.count must be 1: a decision is seen or clicked once.`, 'Leave count out.');
    if (named === 1 && input.outcomeId == null && input.creativeId != null) check.add(`${at}.outcomeId`, `${at} needs an outcomeId.`, 'Send an id of your own, so that a repeat is known as one.');
    return { input, kind: kind ?? 'IMPRESSION', decision: id === null ? null : (decisions.get(id) ?? null) };
  });
}

async function claimsOf(deps: Dependencies, check: Checker, { token, kind }: OutcomeInput, at: string): Promise<TokenClaims | null> {
  try {
    const keyId = keyIdOf(token!);
    const claims = verifyToken(token!, keyId === null ? undefined : await deps.tokenKeys.byId(keyId));
    if (claims.advertiserId !== deps.advertiserId) throw forged();
    if (kind != null && kind !== claims.kind) {
      check.add(`${at}.kind`, `The token is for ${claims.kind}, not for ${kind}.`, 'Send the token of that kind, or leave kind out.', 'TOKEN_INVALID');
    }
    if (claims.expiresAt <= deps.clock.now()) {
      check.add(`${at}.token`, `The token expired at ${claims.expiresAt.toISOString()}.`, 'Tell of outcomes within a week of when they happened.', 'TOKEN_EXPIRED');
    }
    return claims;
  } catch (error) {
    if (!isAdloomError(error) || error.code !== 'TOKEN_INVALID') throw error;
    check.add(`${at}.token`, error.message, error.hint, error.code);
    return null;
  }
}
