import { GraphQLError } from 'graphql';
import { AdloomError, isAdloomError, messageOf } from '../../base/errors';
import type { Logger } from '../../base/logger';

/** Codes that the GraphQL layers themselves give; their messages speak of the request alone and are safe to show. */
const REQUEST_CODES: ReadonlySet<unknown> = new Set([
  'GRAPHQL_PARSE_FAILED', 'GRAPHQL_VALIDATION_FAILED', 'BAD_USER_INPUT', 'OPERATION_RESOLUTION_FAILURE', 'BAD_REQUEST',
  'PERSISTED_QUERY_NOT_SUPPORTED', 'PERSISTED_QUERY_NOT_FOUND', 'QUERY_TOO_DEEP', 'QUERY_TOO_COMPLEX', 'TOO_MANY_SUBSCRIPTIONS',
]);

/**
 * The one place where errors become what clients see. Coded errors keep their words; anything else is masked, and what really
 * happened goes to the log under the id that the client is told.
 */
export function publicError(error: unknown, options: { logger: Logger; newId: () => string }): GraphQLError {
  const graphQLError = error instanceof GraphQLError ? error : null;
  const original = originalOf(error);
  const place = graphQLError ? { nodes: graphQLError.nodes, source: graphQLError.source, positions: graphQLError.positions, path: graphQLError.path } : {};

  if (isAdloomError(original) && original.code !== 'INTERNAL') {
    if (original.publicMessage !== undefined) options.logger.warn('a request was refused', { path: graphQLError?.path?.join('.') ?? null, code: original.code, error: original.message });
    return new GraphQLError(original.publicMessage ?? original.message, {
      ...place,
      extensions: {
        code: original.code,
        ...(original.field ? { field: original.field } : {}),
        ...(original.hint ? { hint: original.hint } : {}),
        ...(original.retryAfterMs === undefined ? {} : { retryAfterMs: original.retryAfterMs }),
      },
    });
  }
  // What graphql-js raises itself: a wrong operation, a variable of the wrong type.
  if (graphQLError && (original === null || original instanceof GraphQLError)) {
    const code = graphQLError.extensions.code;
    if (code === undefined || REQUEST_CODES.has(code)) return graphQLError;
  }
  const errorId = options.newId();
  options.logger.error('a request failed', {
    errorId,
    path: graphQLError?.path?.join('.') ?? null,
    error: messageOf(original ?? error),
    stack: (original ?? (error as Error))?.stack ?? null,
    cause: original instanceof AdloomError && original.cause ? messageOf(original.cause) : null,
  });
  return new GraphQLError('Something went wrong on our side. The request was not at fault.', {
    ...place,
    extensions: { code: 'INTERNAL', errorId, hint: 'Try again; when it stays, report the errorId.' },
  });
}

/** What a resolver threw, through however many wrappings. */
function originalOf(error: unknown): Error | null {
  let current: unknown = error;
  for (let depth = 0; current instanceof GraphQLError && current.originalError && depth < 5; depth++) current = current.originalError;
  return current instanceof GraphQLError && current.originalError === undefined && current !== error ? current : current instanceof Error && !(current instanceof GraphQLError) ? current : null;
}
