import fc from 'fast-check';
import { OUTCOME_KINDS } from '../../../src/domain/entities/outcome';
import { keyIdOf, signToken, verifyToken, type TokenClaims } from '../../../src/modules/delivery/delivery-token';
import { testIds } from '../../support/embedded-store';

const uuid = (): string => testIds.next();
const key = { id: uuid(), advertiserId: uuid(), secret: new Uint8Array(32).fill(7), createdAt: new Date(0) };
const claims = fc.record({
  advertiserId: fc.uuid(), decisionId: fc.uuid(), kind: fc.constantFrom(...OUTCOME_KINDS),
  expiresAt: fc.integer({ min: 0, max: 4e9 }).map((seconds) => new Date(seconds * 1_000)),
});

test('a token says what was signed, in letters that a link can carry', () => {
  fc.assert(fc.property(claims, (said: TokenClaims) => {
    const token = signToken(said, key);
    expect(token).toMatch(/^[\w-]{118}$/);
    expect(keyIdOf(token)).toBe(key.id);
    expect(verifyToken(token, key)).toEqual(said);
  }));
});

test('with any letter changed, cut or added it is refused', () => {
  fc.assert(fc.property(claims, fc.nat(117), fc.constantFrom('A', 'B', 'q', '_', '-', '7'), (said: TokenClaims, at, letter) => {
    const token = signToken(said, key);
    const changed = `${token.slice(0, at)}${letter}${token.slice(at + 1)}`;
    for (const wrong of [...(changed === token ? [] : [changed]), token.slice(0, at), `${token}${letter}`]) {
      expect(() => verifyToken(wrong, key)).toThrow(expect.objectContaining({ code: 'TOKEN_INVALID' }));
    }
  }));
});

test('another key does not verify it', () => {
  const token = signToken({ advertiserId: uuid(), decisionId: uuid(), kind: 'CLICK', expiresAt: new Date(0) }, key);
  expect(() => verifyToken(token, { ...key, secret: new Uint8Array(32).fill(8) })).toThrow(expect.objectContaining({ code: 'TOKEN_INVALID' }));
  expect(() => verifyToken(token, undefined)).toThrow(expect.objectContaining({ code: 'TOKEN_INVALID' }));
});
