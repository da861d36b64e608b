import { createHmac, timingSafeEqual } from 'node:crypto';
import { AdloomError } from '../../base/errors';
import { isUuid } from '../../base/ids';
import { OUTCOME_KINDS, type OutcomeKind } from '../../domain/entities/outcome';
import type { SigningKey } from '../../store/signing-keys';

/** What a token says, once its signature holds. */
export interface TokenClaims {
  readonly advertiserId: string;
  readonly decisionId: string;
  readonly kind: OutcomeKind;
  readonly expiresAt: Date;
}

/** Bytes: version, kind, key, advertiser, decision, expiry in seconds; then the signature over all of them. */
const VERSION = 1;
const BODY = 2 + 16 + 16 + 16 + 6;
const LENGTH = BODY + 32;

/** HMAC-SHA256 (RFC 2104) over the claims, base64url: 115 characters that a link can carry. */
export function signToken(claims: TokenClaims, key: SigningKey): string {
  const body = Buffer.alloc(BODY);
  body[0] = VERSION;
  body[1] = OUTCOME_KINDS.indexOf(claims.kind);
  [key.id, claims.advertiserId, claims.decisionId].forEach((id, index) => body.write(id.replaceAll('-', ''), 2 + 16 * index, 'hex'));
  body.writeUIntBE(Math.floor(claims.expiresAt.getTime() / 1_000), 50, 6);
  return Buffer.concat([body, macOf(body, key)]).toString('base64url');
}

/** The key that a token names; null where the text is no token at all. */
export function keyIdOf(token: string): string | null {
  const bytes = bytesOf(token);
  return bytes && uuidAt(bytes, 2);
}

/**
 * What the token says, where it was signed with that key. Whether it has expired, and whose it is, is for the caller to judge.
 * @throws TOKEN_INVALID
 */
export function verifyToken(token: string, key: SigningKey | undefined): TokenClaims {
  const bytes = bytesOf(token);
  if (!bytes || !key || !timingSafeEqual(macOf(bytes.subarray(0, BODY), key), bytes.subarray(BODY))) throw forged();
  const kind = OUTCOME_KINDS[bytes[1]!];
  if (bytes[0] !== VERSION || kind === undefined) throw forged();
  return { kind, advertiserId: uuidAt(bytes, 18), decisionId: uuidAt(bytes, 34), expiresAt: new Date(bytes.readUIntBE(50, 6) * 1_000) };
}

export function forged(): AdloomError {
  return new AdloomError('TOKEN_INVALID', 'The token was not signed here, or not for this advertiser.', { hint: 'Send a token as decide gave it, unchanged.' });
}

function bytesOf(token: string): Buffer | null {
  if (!/^[\w-]{1,200}$/.test(token)) return null;
  const bytes = Buffer.from(token, 'base64url');
  // One token has one spelling: what decodes to it otherwise is not it.
  return bytes.length === LENGTH && bytes.toString('base64url') === token ? bytes : null;
}

function macOf(body: Buffer, { secret }: SigningKey): Buffer {
  return createHmac('sha256', secret).update(body).digest();
}

function uuidAt(bytes: Buffer, from: number): string {
  const hex = bytes.toString('hex', from, from + 16);
  const id = `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
  return isUuid(id) ? id : '';
}
