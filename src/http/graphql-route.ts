import type { ApolloServer } from '@apollo/server';
import { fastifyApolloHandler } from '@as-integrations/fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { createContext, type GraphContext } from '../graphql/context';
import type { Dependencies } from '../modules/dependencies';
import { refuseCrossSite } from './cross-site';
import { wantsPage } from './query-page';

export const GRAPHQL_PATH = '/graphql';

/** GraphQL over HTTP; a browser that opens the address gets the query page. */
export function mountGraphQL(
  app: FastifyInstance,
  options: { apollo: ApolloServer<GraphContext>; deps: Dependencies; allowedOrigins: readonly string[]; page: (reply: FastifyReply) => Promise<FastifyReply> },
): void {
  const { apollo, deps, allowedOrigins, page } = options;
  const handle = fastifyApolloHandler(apollo, {
    context: async (request, reply) => createContext(deps, { requestId: request.id, signal: gone(reply) }),
  });
  app.route({
    method: ['GET', 'POST', 'OPTIONS'],
    url: GRAPHQL_PATH,
    async handler(request, reply) {
      if (request.method === 'OPTIONS') return preflight(request, reply, allowedOrigins);
      if (wantsPage(request)) return page(reply);
      refuseCrossSite(request, allowedOrigins);
      allow(request, reply, allowedOrigins);
      return handle.call(app, request, reply);
    },
  });
}

/** Aborts when the client closes the connection before its answer was sent. */
function gone(reply: FastifyReply): AbortSignal {
  const controller = new AbortController();
  reply.raw.once('close', () => {
    if (!reply.raw.writableFinished) controller.abort();
  });
  return controller.signal;
}

function allow(request: FastifyRequest, reply: FastifyReply, allowedOrigins: readonly string[]): void {
  const { origin } = request.headers;
  if (origin === undefined || !allowedOrigins.includes(origin)) return;
  reply.header('access-control-allow-origin', origin).header('vary', 'Origin');
}

function preflight(request: FastifyRequest, reply: FastifyReply, allowedOrigins: readonly string[]): FastifyReply {
  allow(request, reply, allowedOrigins);
  return reply
    .code(204)
    .header('allow', 'GET, POST, OPTIONS')
    .header('access-control-allow-methods', 'GET, POST')
    .header('access-control-allow-headers', 'content-type, accept')
    .header('access-control-max-age', '600')
    .send();
}
