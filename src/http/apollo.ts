import { ApolloServer, type ApolloServerPlugin } from '@apollo/server';
import { ApolloServerPluginCacheControlDisabled } from '@apollo/server/plugin/disabled';
import type { IdSource } from '../base/ids';
import type { Logger } from '../base/logger';
import type { GraphContext } from '../graphql/context';
import { publicError } from '../graphql/errors/public-error';
import { checkLimits, LIMITS } from '../graphql/limits/check-limits';
import { needsSocket } from '../graphql/limits/needs-socket';
import { adloomSchema } from '../graphql/schema';

/** Apollo over our schema: bounded, masked, and answering as the GraphQL-over-HTTP specification asks. */
export function createApollo(options: { logger: Logger; ids: IdSource; production: boolean }): ApolloServer<GraphContext> {
  const { logger, ids, production } = options;
  return new ApolloServer<GraphContext>({
    schema: adloomSchema(),
    introspection: true,
    csrfPrevention: false, // by Sec-Fetch-Site and Origin instead: see cross-site.ts
    hideSchemaDetailsFromClientErrors: production,
    includeStacktraceInErrorResponses: false,
    parseOptions: { maxTokens: LIMITS.tokens },
    stopOnTerminationSignals: false,
    nodeEnv: production ? 'production' : 'development',
    logger: {
      debug: (message: string) => logger.debug(String(message)),
      info: (message: string) => logger.debug(String(message)),
      warn: (message: string) => logger.warn(String(message)),
      error: (message: string) => logger.error(String(message)),
    },
    formatError: (_formatted, error) => publicError(error, { logger, newId: () => ids.next() }).toJSON(),
    plugins: [ApolloServerPluginCacheControlDisabled(), limitsPlugin, statusPlugin],
  });
}

const limitsPlugin: ApolloServerPlugin<GraphContext> = {
  async requestDidStart() {
    return {
      async didResolveOperation({ schema, document, operation, operationName, request }) {
        if (operation?.operation === 'subscription') throw needsSocket();
        const [refusal] = checkLimits(schema, document, operationName, request.variables);
        if (refusal) throw refusal;
      },
    };
  },
};

/**
 * Clients that take `application/json` get 200 for a request that was understood as GraphQL and refused as such; those that ask for
 * `application/graphql-response+json` get the 4xx that Apollo sets.
 */
const REFUSED: ReadonlySet<unknown> = new Set(['GRAPHQL_PARSE_FAILED', 'GRAPHQL_VALIDATION_FAILED', 'BAD_USER_INPUT']);

const statusPlugin: ApolloServerPlugin<GraphContext> = {
  async requestDidStart() {
    return {
      async willSendResponse({ request, response }) {
        const accept = request.http?.headers.get('accept') ?? '';
        const errors = response.body.kind === 'single' ? response.body.singleResult.errors : undefined;
        const waits = errors?.flatMap((error) => (typeof error.extensions?.retryAfterMs === 'number' ? [error.extensions.retryAfterMs] : [])) ?? [];
        if (waits.length > 0) response.http.headers.set('retry-after', String(Math.ceil(Math.max(...waits) / 1000)));
        if (!errors?.some((error) => REFUSED.has(error.extensions?.code))) return;
        if (!accept.includes('application/graphql-response+json')) response.http.status = 200;
      },
    };
  },
};

