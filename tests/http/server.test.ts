import { once } from 'node:events';
import { WebSocket } from 'ws';
import { AdloomError } from '../../src/base/errors';
import type { Logger } from '../../src/base/logger';
import { toFeedCursor } from '../../src/graphql/relay/feed-cursor';
import { makeCampaign, makeCreatives } from '../support/scenes';
import { openTestApp, type TestApp } from '../support/test-app';

const logged: { message: string; fields: Record<string, unknown> }[] = [];
const note = (message: string, fields: object = {}): void => void logged.push({ message, fields: { ...fields } });
const logger: Logger = { debug: () => undefined, info: note, warn: note, error: note };

let t: TestApp;
beforeAll(async () => {
  t = await openTestApp({ logger, config: { allowedOrigins: ['https://ads.example'] } });
});
afterAll(() => t.close());

const get = (path: string, headers: Record<string, string> = {}) => fetch(new URL(path, t.url), { headers, redirect: 'manual' });

describe('GraphQL over HTTP', () => {
  test('answers 200 to application/json clients and 4xx to graphql-response+json clients for the same mistake', async () => {
    expect((await t.send('{ nothing }', {}, { accept: 'application/json' })).status).toBe(200);
    expect((await t.send('{ nothing }', {}, { accept: 'application/graphql-response+json' })).status).toBe(400);
  });

  test('reads by GET and never changes by GET', async () => {
    expect(await (await get('/graphql?query={__typename}')).json()).toEqual({ data: { __typename: 'Query' } });
    expect((await get(`/graphql?query=${encodeURIComponent('mutation { recordEvents(input: { events: [] }) { recorded } }')}`)).status).toBe(405);
  });

  test('masks what nobody should see, with an id that the log has too', async () => {
    const { store } = t.app.deps;
    const spy = jest.spyOn(store.campaigns, 'page').mockRejectedValueOnce(new Error('password=hunter2'));
    const { errors, text } = await t.send('{ campaigns { nodes { id } } }');
    spy.mockRestore();
    expect(text).not.toContain('hunter2');
    const { errorId, code } = errors![0]!.extensions as { errorId: string; code: string };
    expect(code).toBe('INTERNAL');
    expect(logged.find((entry) => entry.fields.errorId === errorId)).toMatchObject({ fields: { error: 'password=hunter2', path: 'campaigns' } });
  });

  test('shows coded errors as they are', async () => {
    const { store } = t.app.deps;
    const spy = jest.spyOn(store.campaigns, 'page').mockRejectedValueOnce(new AdloomError('STORE_UNAVAILABLE', 'The database does not answer.', { hint: 'Start it.' }));
    const { errors } = await t.send('{ campaigns { nodes { id } } }');
    spy.mockRestore();
    expect(errors).toMatchObject([{ message: 'The database does not answer.', extensions: { code: 'STORE_UNAVAILABLE', hint: 'Start it.' } }]);
  });
});

describe('other sites', () => {
  test('cannot make a browser send requests, unless they are allowed', async () => {
    const evil = await t.send('{ __typename }', {}, { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' });
    expect(evil).toMatchObject({ status: 403, errors: [{ extensions: { code: 'FORBIDDEN' } }] });
    expect((await t.send('{ __typename }', {}, { origin: 'https://ads.example' })).status).toBe(200);
    expect((await t.send('{ __typename }', {}, { origin: new URL(t.url).origin })).status).toBe(200);
    expect((await t.send('{ __typename }')).status).toBe(200);
  });

  test('are told by preflight what they may', async () => {
    const ask = (origin: string) => fetch(t.url, { method: 'OPTIONS', headers: { origin, 'access-control-request-method': 'POST' } });
    expect((await ask('https://ads.example')).headers.get('access-control-allow-origin')).toBe('https://ads.example');
    expect((await ask('https://evil.example')).headers.get('access-control-allow-origin')).toBeNull();
  });
});

describe('the query page', () => {
  test('comes to browsers at /graphql, with the examples in it, and loads nothing from elsewhere', async () => {
    const response = await get('/graphql', { accept: 'text/html' });
    const page = await response.text();
    expect(response.headers.get('content-type')).toContain('text/html');
    const policy = response.headers.get('content-security-policy');
    expect(policy).toContain("default-src 'self'");
    // Sockets to this server alone: a page that was tampered with must reach no other.
    expect(policy).toMatch(/connect-src 'self' ws:\/\/localhost:\d+ wss:\/\/localhost:\d+;/);
    expect(page).toContain('rankCreatives');
    expect([...page.matchAll(/(?:src|href)="([^"]+)"/g)].map((match) => match[1])).toEqual(['data:,', '/graphiql/index.css', '/graphiql/index.js']);
  });

  test('its parts are served from this machine', async () => {
    for (const part of ['index.js', 'index.css', 'graphql.worker.js', 'json.worker.js', 'editor.worker.js']) {
      expect((await get(`/graphiql/${part}`)).status).toBe(200);
    }
    expect((await get('/graphiql/../../package.json')).status).toBe(404);
  });

  test('its late parts are modules: of a CommonJS one, the page could import nothing by name', async () => {
    const index = await (await get('/graphiql/index.js')).text();
    const late = [...new Set(Array.from(index.matchAll(/import\("\.\/([^"]+)"\)/g), (match) => match[1]!))];
    const texts = await Promise.all(late.map(async (part) => (await get(`/graphiql/${part}`)).text()));
    expect(late.length).toBeGreaterThan(0);
    expect(late.filter((_, at) => /export default [\w$]+\(\)/.test(texts[at]!))).toEqual([]);
  });

  test('has the browser keep tabs for one database: those of another would name what is not there', async () => {
    const memory = async () => /data-memory="([^"]+)"/.exec(await (await get('/graphql', { accept: 'text/html' })).text())?.[1];
    expect(await memory()).toBe('adloom-empty');
    const campaign = await makeCampaign(t);
    await makeCreatives(t, campaign, ['Mud is part of the plan', 'The long way home']);
    expect(await memory()).toBe(`adloom-${campaign}`);
  });
});

describe('health', () => {
  test('says that the process lives and that it can work', async () => {
    expect(await (await get('/healthz')).json()).toEqual({ status: 'ok' });
    expect(await (await get('/readyz')).json()).toMatchObject({ status: 'ready', database: 'ok', models: { classifier: 'ok', writer: 'ok' } });
  });

  test('says what it waits for', async () => {
    const spy = jest.spyOn(t.app.deps.store, 'ping').mockRejectedValueOnce(new AdloomError('STORE_UNAVAILABLE', 'The database does not answer.'));
    const response = await get('/readyz');
    spy.mockRestore();
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({ status: 'not ready', database: 'The database does not answer.' });
  });

  test('anything else is not found, in words', async () => {
    expect(await (await get('/nothing')).json()).toMatchObject({ errors: [{ extensions: { code: 'NOT_FOUND' } }] });
  });
});

test('a client that goes away in the middle of what it is sent is no failed request: the log does not call it one', async () => {
  const campaignId = await makeCampaign(t);
  const [creativeId] = await makeCreatives(t, campaignId, ['Mud is part of the plan']);
  const outcomes = Array.from({ length: 1_000 }, (_, i) => ({ outcomeId: `gone-${i}`, creativeId, kind: 'IMPRESSION' }));
  await t.send('mutation ($outcomes: [OutcomeInput!]!) { recordOutcomes(input: { outcomes: $outcomes }) { recorded } }', { outcomes });
  const socket = new WebSocket(t.url.replace('http', 'ws'), 'graphql-transport-ws');
  await once(socket, 'open');
  socket.send(JSON.stringify({ type: 'connection_init' }));
  await once(socket, 'message');
  socket.pause();
  const fields = Array.from({ length: 80 }, (_, i) => `a${i}: outcome { creative { headline body } }`).join(' ');
  for (let id = 0; id < 20; id++) {
    socket.send(JSON.stringify({ id: `${id}`, type: 'subscribe', payload: { query: `subscription ($after: String) { outcomeRecorded(after: $after) { cursor ${fields} } }`, variables: { after: toFeedCursor(0n) } } }));
  }
  // More than the ways there hold: the server is in the middle of sending.
  await new Promise((resolve) => setTimeout(resolve, 3_000));
  logged.length = 0;
  socket.terminate();
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(logged.filter(({ message }) => message === 'a request failed')).toEqual([]);
}, 60_000);
