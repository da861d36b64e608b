import type { Campaign } from '../../domain/entities/campaign';
import type { Decision } from '../../domain/entities/decision';
import { OUTCOME_KINDS, type OutcomeKind } from '../../domain/entities/outcome';
import type { Dependencies } from '../dependencies';
import { signToken } from './delivery-token';
import { tokenEnd } from './outcome-time';

export type DeliveryTokens = Readonly<Record<OutcomeKind, string>>;

/** One token for each kind of outcome that the decision may have. */
export async function tokensOf(deps: Pick<Dependencies, 'tokenKeys'>, decision: Decision, campaign: Campaign): Promise<DeliveryTokens> {
  const key = await deps.tokenKeys.signing();
  const { advertiserId, id: decisionId } = decision;
  const signed = OUTCOME_KINDS.map((kind) => [kind, signToken({ advertiserId, decisionId, kind, expiresAt: tokenEnd(decision, kind, campaign) }, key)]);
  return Object.fromEntries(signed) as DeliveryTokens;
}
