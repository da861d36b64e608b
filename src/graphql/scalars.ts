import { GraphQLError, GraphQLScalarType, Kind } from 'graphql';
import { GraphQLDateTimeISO } from 'graphql-scalars';

const DIGITS = /^-?\d{1,19}$/;
const LEAST = -(2n ** 63n);
const MOST = 2n ** 63n - 1n;

/** 64-bit whole numbers as text: JSON numbers lose digits beyond 2^53. */
export const BigIntScalar = new GraphQLScalarType<bigint, string>({
  name: 'BigInt',
  description: 'A whole number of 64 bits, written as text ("12340000") because JSON numbers lose digits. Whole JSON numbers are accepted too.',
  serialize: (value) => String(value),
  parseValue: (value) => read(value),
  parseLiteral(node) {
    if (node.kind === Kind.INT || node.kind === Kind.STRING) return read(node.value);
    throw new GraphQLError('BigInt must be a whole number, written as text or as an integer.', { nodes: node });
  },
});

function read(value: unknown): bigint {
  const fits = (typeof value === 'number' && Number.isSafeInteger(value)) || (typeof value === 'string' && DIGITS.test(value));
  if (fits) {
    const number = BigInt(value as number | string);
    if (number >= LEAST && number <= MOST) return number;
  }
  throw new GraphQLError('BigInt must be a whole number of at most 64 bits, written as text: "12340000".');
}

/** A moment in UTC, ISO 8601. */
export const DateTimeScalar = new GraphQLScalarType({
  ...GraphQLDateTimeISO.toConfig(),
  name: 'DateTime',
  description: 'A moment in UTC as ISO 8601: 2026-04-01T09:30:00.000Z.',
  specifiedByURL: 'https://scalars.graphql.org/andimarek/date-time.html',
});
