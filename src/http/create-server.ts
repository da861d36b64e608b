import Fastify from 'fastify';
import { AdloomError } from '../base/errors';
import type { Dependencies } from '../modules/dependencies';
import { createApollo } from './apollo';
import { mountErrors } from './errors';
import { mountGraphQL } from './graphql-route';
import { mountHealth } from './health';
import { mountQueryPage } from './query-page';
import { mountSubscriptions } from './subscriptions';

export interface ServerOptions {
  readonly deps: Dependencies;
  readonly port: number;
  readonly host: string;
  readonly maxBodyBytes: number;
  readonly allowedOrigins: readonly string[];
  readonly production: boolean;
  /** A request must have arrived whole by then: connections that dribble are not held for ever. */
  readonly arrivalMs?: number;
}

export interface HttpServer {
  /** Starts to take requests; resolves with the address. */
  listen(): Promise<string>;
  /** Takes no more, lets what runs finish for up to `graceMs`, then cuts it off. */
  close(graceMs?: number): Promise<void>;
}

/** Everything that answers on the port: GraphQL over HTTP and WebSocket, the query page, health. */
export async function createServer(options: ServerOptions): Promise<HttpServer> {
  const { deps, port, host, maxBodyBytes, allowedOrigins, production, arrivalMs = 120_000 } = options;
  let closing = false;
  const app = Fastify({
    bodyLimit: maxBodyBytes,
    requestTimeout: arrivalMs,
    http: { headersTimeout: Math.min(60_000, arrivalMs), connectionsCheckingInterval: Math.min(30_000, arrivalMs / 4) },
    genReqId: () => deps.ids.next(),
    logger: false,
    forceCloseConnections: 'idle',
    routerOptions: { ignoreTrailingSlash: true },
  });
  mountErrors(app, { logger: deps.logger, ids: deps.ids, maxBody: maxBodyBytes });
  mountHealth(app, deps, () => closing);
  const page = await mountQueryPage(app, deps);
  const apollo = createApollo({ logger: deps.logger, ids: deps.ids, production });
  await apollo.start();
  mountGraphQL(app, { apollo, deps, allowedOrigins, page });
  await app.ready();
  const subscriptions = mountSubscriptions(app, { deps, allowedOrigins, maxPayload: maxBodyBytes });

  return {
    async listen() {
      try {
        return await app.listen({ port, host });
      } catch (error) {
        throw listenProblem(error, port, host);
      }
    },
    async close(graceMs = 10_000) {
      closing = true;
      await subscriptions.close(graceMs);
      const cutOff = setTimeout(() => app.server.closeAllConnections(), graceMs);
      cutOff.unref();
      await app.close();
      clearTimeout(cutOff);
      await apollo.stop();
    },
  };
}

function listenProblem(error: unknown, port: number, host: string): unknown {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'EADDRINUSE') {
    return new AdloomError('CONFIG_INVALID', `Port ${port} is taken.`, { field: 'PORT', hint: `Stop what uses it, or choose another: PORT=${port + 1} npm start`, cause: error });
  }
  if (code === 'EACCES' || code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') {
    return new AdloomError('CONFIG_INVALID', `The server cannot listen on ${host}:${port} (${code}).`, { field: code === 'EACCES' ? 'PORT' : 'HOST', hint: 'Choose an address of this machine and a port above 1023.', cause: error });
  }
  return error;
}
