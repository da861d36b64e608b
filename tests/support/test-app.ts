/** A whole app on a port of its own, over an embedded database of its own. */
import { rmSync } from 'node:fs';
import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { print, type GraphQLFormattedError } from 'graphql';
import { createClient, type Client } from 'graphql-ws';
import { WebSocket } from 'ws';
import { manualClock } from '../../src/base/clock';
import { silentLogger, type Logger } from '../../src/base/logger';
import { createApp, type App } from '../../src/main/create-app';
import { loadConfig, type Config } from '../../src/main/config';
import type { Overrides } from '../../src/main/open-dependencies';
import { freshDataDir } from './embedded-store';
import { lineGenerator, wordScorer } from './word-models';

export const START = new Date('2026-04-01T09:00:00.000Z');

export interface Answer<Data> {
  readonly status: number;
  readonly data: Data;
  readonly errors: readonly GraphQLFormattedError[] | undefined;
  readonly text: string;
}

export interface TestApp {
  readonly app: App;
  readonly url: string;
  readonly clock: ReturnType<typeof manualClock>;
  readonly scorer: ReturnType<typeof wordScorer>;
  /** Runs a typed operation; fails the test on GraphQL errors. */
  run<Data, Variables>(document: TypedDocumentNode<Data, Variables>, variables: Variables): Promise<Data>;
  /** Sends anything; the answer comes as it is. */
  send(query: string, variables?: Record<string, unknown>, headers?: Record<string, string>): Promise<Answer<Record<string, never>>>;
  /** A graphql-ws client; closed with the app. */
  socket(): Client;
  close(): Promise<void>;
}

export async function openTestApp(options: { config?: Partial<Config>; overrides?: Overrides; logger?: Logger } = {}): Promise<TestApp> {
  const dataDir = await freshDataDir();
  const clock = manualClock(START);
  const scorer = wordScorer();
  const config = loadConfig({ PORT: '0', ADLOOM_DATA_DIR: dataDir, ADLOOM_DEMO: 'false' }, options.config);
  const app = await createApp(config, { clock, scorer, generator: lineGenerator(), logger: options.logger ?? silentLogger, ...options.overrides });
  const { url } = await app.listen();
  const sockets: Client[] = [];

  const send: TestApp['send'] = async (query, variables, headers) => {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ query, variables }),
    });
    const text = await response.text();
    const body = JSON.parse(text) as { data: never; errors?: GraphQLFormattedError[] };
    return { status: response.status, data: body.data, errors: body.errors, text };
  };

  return {
    app,
    url,
    clock,
    scorer,
    send,
    async run(document, variables) {
      const answer = await send(print(document), variables as Record<string, unknown>);
      if (answer.errors) throw new Error(JSON.stringify(answer.errors, null, 2));
      return answer.data as never;
    },
    socket() {
      const client = createClient({ url: url.replace('http', 'ws'), webSocketImpl: WebSocket, retryAttempts: 0 });
      sockets.push(client);
      return client;
    },
    async close() {
      await Promise.all(sockets.map((client) => client.dispose()));
      await app.close(2_000);
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

async function whenListening({ app }: TestApp): Promise<void> {
  while (app.deps.bus.waiting() === 0) await new Promise((resolve) => setTimeout(resolve, 10));
}

/** The first `count` events of a subscription, then it is left. */
export async function take<Data>(t: TestApp, query: string, variables: Record<string, unknown>, count: number, began?: () => unknown): Promise<Data[]> {
  const events: Data[] = [];
  const iterator = t.socket().iterate<Data>({ query, variables });
  // The protocol does not say when a subscription has begun; the bus does.
  if (began) void whenListening(t).then(began);
  for await (const { data, errors } of iterator) {
    if (errors) throw new Error(JSON.stringify(errors));
    events.push(data!);
    if (events.length === count) break;
  }
  return events;
}
