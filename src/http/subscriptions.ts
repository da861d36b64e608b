import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { getOperationAST, GraphQLError, parse, specifiedRules, validate, type DocumentNode, type ExecutionArgs } from 'graphql';
import { useServer } from 'graphql-ws/use/ws';
import { WebSocket, WebSocketServer } from 'ws';
import { isAdloomError } from '../base/errors';
import { createContext, type GraphContext } from '../graphql/context';
import { publicError } from '../graphql/errors/public-error';
import { checkLimits, LIMITS } from '../graphql/limits/check-limits';
import { adloomSchema } from '../graphql/schema';
import { UnconditionalSubscription } from '../graphql/limits/unconditional-subscription';
import type { Dependencies } from '../modules/dependencies';
import { GRAPHQL_PATH } from './graphql-route';

/** How long a client may take to answer a goodbye. */
const GOODBYE_MS = 2_000;

const RULES = [...specifiedRules, UnconditionalSubscription];

/** Subscriptions at once on one connection. */
const MOST_PER_SOCKET = 100;

export interface Subscriptions {
  /** Tells every client goodbye and ends their subscriptions; those that do not answer are cut off. */
  close(graceMs: number): Promise<void>;
}

/**
 * GraphQL over WebSocket (graphql-transport-ws). Apollo does not see these operations, so that they are parsed, validated and
 * limited here, by the same functions; what is wrong with one operation never closes the socket of the others.
 */
export function mountSubscriptions(
  app: FastifyInstance,
  options: { deps: Dependencies; allowedOrigins: readonly string[]; maxPayload: number; keepAliveMs?: number },
): Subscriptions {
  const { deps, allowedOrigins, maxPayload, keepAliveMs = 12_000 } = options;
  const schema = adloomSchema();
  const wss = new WebSocketServer({ noServer: true, maxPayload });
  const newId = (): string => deps.ids.next();
  const show = (error: unknown): GraphQLError => publicError(error, { logger: deps.logger, newId });

  const server = useServer<Record<string, unknown>, { active?: Map<string, AbortController> }>(
    {
      schema,
      connectionInitWaitTimeout: 10_000,
      async onSubscribe(ctx, id, payload) {
        const active = (ctx.extra.active ??= new Map());
        if (active.size >= MOST_PER_SOCKET) {
          return [new GraphQLError(`One connection may hold ${MOST_PER_SOCKET} operations at once.`, { extensions: { code: 'TOO_MANY_SUBSCRIPTIONS' } })];
        }
        let document: DocumentNode;
        try {
          document = parse(payload.query, { maxTokens: LIMITS.tokens });
        } catch (error) {
          return [show(withCode(error, 'GRAPHQL_PARSE_FAILED'))];
        }
        const invalid = validate(schema, document, RULES).map((error) => show(withCode(error, 'GRAPHQL_VALIDATION_FAILED')));
        if (invalid.length > 0) return invalid;
        if (!getOperationAST(document, payload.operationName)) {
          return [new GraphQLError('operationName must name one of the operations of the document.', { extensions: { code: 'OPERATION_RESOLUTION_FAILURE' } })];
        }
        const tooMuch = checkLimits(schema, document, payload.operationName, payload.variables);
        if (tooMuch.length > 0) return tooMuch.map(show);
        const stop = new AbortController();
        active.set(id, stop);
        const contextValue: GraphContext = createContext(deps, { requestId: newId(), signal: stop.signal });
        return {
          schema, document, contextValue,
          operationName: payload.operationName,
          variableValues: payload.variables,
        } as ExecutionArgs;
      },
      onNext: (_ctx, _id, _payload, _args, result) =>
        result.errors ? { ...result, errors: result.errors.map((error) => show(ofRequest(error)).toJSON() as never) } : undefined,
      // Where the client has gone away what could not be sent is nobody's error, and nobody is told of it.
      onError: (ctx, _id, _payload, errors) => (ctx.extra.socket.readyState === WebSocket.OPEN ? errors.map((error) => show(error).toJSON() as never) : undefined),
      onComplete(ctx, id) {
        ctx.extra.active?.get(id)?.abort();
        ctx.extra.active?.delete(id);
      },
      onDisconnect(ctx) {
        for (const stop of ctx.extra.active?.values() ?? []) stop.abort();
      },
    },
    wss,
    keepAliveMs,
  );

  const onUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    const refused = refusal(request, allowedOrigins);
    if (refused) {
      socket.end(`HTTP/1.1 ${refused}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
      return;
    }
    wss.handleUpgrade(request, socket, head, (client) => wss.emit('connection', client, request));
  };
  app.server.on('upgrade', onUpgrade);

  return {
    async close(graceMs) {
      app.server.off('upgrade', onUpgrade);
      // A goodbye is answered at once or not at all: of a client that is gone or asleep, TCP says nothing for half a minute.
      const cutOff = setTimeout(() => wss.clients.forEach((client) => client.terminate()), Math.min(graceMs, GOODBYE_MS));
      await server.dispose();
      clearTimeout(cutOff);
    },
  };
}

function refusal(request: IncomingMessage, allowedOrigins: readonly string[]): string | null {
  const path = (request.url ?? '').split('?', 1)[0];
  if (path !== GRAPHQL_PATH) return '404 Not Found';
  const { origin, host } = request.headers;
  const same = origin === undefined || origin === `http://${host}` || origin === `https://${host}`;
  return same || allowedOrigins.includes(origin) ? null : '403 Forbidden';
}

/** What graphql-js finds wrong when it begins to execute: variables that do not fit. Errors of resolvers stay as they are. */
function ofRequest(error: GraphQLError): unknown {
  return error.path === undefined && error.extensions.code === undefined ? withCode(error, 'BAD_USER_INPUT') : error;
}

/** graphql-js gives no codes to its own errors; clients get those that they know from HTTP. */
function withCode(error: unknown, code: string): unknown {
  if (!(error instanceof GraphQLError) || isAdloomError(error.originalError)) return error;
  const { message, nodes, source, positions } = error;
  return new GraphQLError(message, { nodes, source, positions, extensions: { ...error.extensions, code } });
}
