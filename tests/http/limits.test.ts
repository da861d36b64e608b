import { createServer, request } from 'node:http';
import { connect } from 'node:net';
import { parse } from 'graphql';
import { WebSocket } from 'ws';
import { depthOf } from '../../src/graphql/limits/check-limits';
import { createServer as createAdloomServer } from '../../src/http/create-server';
import { openTestApp, type TestApp } from '../support/test-app';

let t: TestApp;
beforeAll(async () => {
  t = await openTestApp();
});
afterAll(() => t.close());

const nested = (depth: number): string => {
  let inner = 'id';
  for (let i = 0; i < depth; i++) inner = i % 2 === 0 ? `campaign { ${inner} }` : `creatives { nodes { ${inner} } }`;
  return `{ creatives { nodes { ${inner} } } }`;
};
const deep = nested(9);
const complex = `{ campaigns(first: 100) { nodes { creatives(first: 100) { nodes { id headline body status } } } } }`;
const nestedBy = (first: number | null): string =>
  `{ campaigns(first: ${first}) { nodes { creatives(first: ${first}) { nodes { campaign { creatives(first: ${first}) { nodes { id headline body status } } } } } } } }`;
/** Each fragment spreads the next twice: counting many must not end in counting none. */
const folded = `{ ...F0 ${complex.slice(1)} ${Array.from({ length: 16 }, (_, i) => `fragment F${i} on Query { __typename ${i < 15 ? `...F${i + 1} ...F${i + 1}` : ''} }`).join(' ')}`;
const long = `{ ${'__typename '.repeat(5_000)} }`;

/** One operation over WebSocket: its errors, whichever way they come. */
async function overSocket(query: string): Promise<{ code: string | undefined; message: string }[]> {
  return new Promise((resolve, reject) => {
    t.socket().subscribe(
      { query },
      {
        next: ({ errors }) => resolve((errors ?? []).map((error) => ({ code: error.extensions?.code as string, message: error.message }))),
        error: (errors) =>
          Array.isArray(errors)
            ? resolve(errors.map((error) => ({ code: error.extensions?.code as string, message: error.message })))
            : reject(new Error(`the socket was closed: ${JSON.stringify(errors)}`)),
        complete: () => resolve([]),
      },
    );
  });
}

describe.each([
  ['HTTP', async (query: string) => ((await t.send(query)).errors ?? []).map((error) => ({ code: error.extensions?.code as string, message: error.message }))],
  ['WebSocket', overSocket],
])('over %s', (_transport, errorsOf) => {
  test.each([
    ['a syntax error', '{ campaigns', 'GRAPHQL_PARSE_FAILED'],
    ['an unknown field', '{ nothing }', 'GRAPHQL_VALIDATION_FAILED'],
    ['too many tokens', long, 'GRAPHQL_PARSE_FAILED'],
    ['too deep an operation', deep, 'QUERY_TOO_DEEP'],
    ['too wide an operation', complex, 'QUERY_TOO_COMPLEX'],
    ['an operation whose pages are as long as null makes them', nestedBy(null), 'QUERY_TOO_COMPLEX'],
    ['lists in lists that say no length', '{ experiments(first: 100) { nodes { campaigns { creatives(first: 100) { nodes { id headline } } } } } }', 'QUERY_TOO_COMPLEX'],
    ['a wide operation behind fragments that multiply', folded, 'QUERY_TOO_COMPLEX'],
    ['an id that is none', '{ node(id: "x") { id } }', 'BAD_INPUT'],
  ])('%s is refused with a code', async (_name, query, code) => {
    expect(await errorsOf(query)).toMatchObject([{ code }]);
  });

  test('forty rankings in one operation are too many', async () => {
    const id = Buffer.from('Campaign:01890000-0000-7000-8000-000000000000').toString('base64url');
    const many = `{ ${Array.from({ length: 60 }, (_, i) => `r${i}: rankCreatives(campaignId: "${id}") { id }`).join(' ')} }`;
    expect(await errorsOf(many)).toMatchObject([{ code: 'QUERY_TOO_COMPLEX' }]);
  });
});

test('a refused operation leaves the others on its socket alone', async () => {
  const client = t.socket();
  const answers: unknown[] = [];
  await new Promise<void>((resolve) => client.subscribe({ query: '{ nothing }' }, { next: () => undefined, error: () => resolve(), complete: () => resolve() }));
  await new Promise<void>((resolve, reject) =>
    client.subscribe({ query: '{ campaigns { totalCount } }' }, { next: (value) => answers.push(value), error: reject, complete: () => resolve() }),
  );
  expect(answers).toMatchObject([{ data: { campaigns: { totalCount: 0 } } }]);
});

test('two hundred thousand wrong values in one variable cost no more than the first', async () => {
  const query = 'query ($of: [Vertical!]) { campaigns(filter: { verticals: $of }) { totalCount } }';
  const since = performance.now();
  const { errors } = await t.send(query, { of: Array.from({ length: 200_000 }, () => 'x') });
  expect(errors![0]).toMatchObject({ extensions: { code: 'BAD_USER_INPUT' } });
  expect(performance.now() - since).toBeLessThan(3_000);
});

test('a variable of the wrong type has the same code over a socket as over HTTP', async () => {
  const { errors } = await t.send('query ($n: Int!) { campaigns(first: $n) { totalCount } }', { n: 'x' });
  expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
  const told = await new Promise((resolve) => {
    t.socket().subscribe({ query: 'subscription ($after: String!) { creativeChanged(after: $after) { cursor } }', variables: { after: 1 } }, { next: resolve, error: resolve, complete: () => resolve(null) });
  });
  expect(told).toMatchObject({ errors: [{ extensions: { code: 'BAD_USER_INPUT' } }] });
});

test.each([
  'subscription { creativeChanged @skip(if: true) { cursor } }',
  'subscription { ...F } fragment F on Subscription { ... on Subscription @include(if: false) { creativeChanged { cursor } } }',
])('a subscription to nothing is refused without closing its socket: %s', async (query) => {
  expect(await overSocket(query)).toMatchObject([{ code: 'GRAPHQL_VALIDATION_FAILED', message: expect.stringContaining('either follow it, or send nothing') }]);
});

test('a subscription over HTTP is told where it belongs', async () => {
  const { status, errors } = await t.send('subscription { creativeChanged { cursor } }');
  expect(status).toBe(400);
  expect(errors).toMatchObject([{ message: expect.stringContaining('needs a WebSocket'), extensions: { code: 'BAD_REQUEST', hint: expect.stringContaining('graphql-transport-ws') } }]);
});

test('a body that never arrives whole does not hold its connection for ever', async () => {
  const server = await createAdloomServer({ deps: t.app.deps, port: 0, host: '127.0.0.1', maxBodyBytes: 1_024, allowedOrigins: [], production: false, arrivalMs: 400 });
  const { hostname, port } = new URL(await server.listen());
  const answer = await new Promise<string>((resolve, reject) => {
    let text = '';
    const socket = connect(Number(port), hostname, () => socket.write('POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 500\r\n\r\n{"query"'));
    socket.on('data', (data) => (text += data)).on('close', () => resolve(text)).on('error', reject);
  });
  expect(answer).toMatch(/^HTTP\/1.1 408/);
  await server.close(0);
});

test('a socket that no longer answers does not hold up a stop', async () => {
  const server = await createAdloomServer({ deps: t.app.deps, port: 0, host: '127.0.0.1', maxBodyBytes: 1_024, allowedOrigins: [], production: false });
  const asleep = new WebSocket(`${(await server.listen()).replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
  asleep.on('error', () => undefined);
  await new Promise((resolve) => asleep.on('open', resolve));
  asleep.pause();
  const since = performance.now();
  await server.close(200);
  expect(performance.now() - since).toBeLessThan(3_000);
  asleep.terminate();
});

test('depth counts fields through fragments, and introspection once', () => {
  expect(depthOf(parse('{ a { b { c } } }'))).toBe(3);
  expect(depthOf(parse('{ a { ...F } } fragment F on X { b { ... on Y { c { d } } } }'))).toBe(4);
  expect(depthOf(parse('{ __schema { types { fields { type { name } } } } }'))).toBe(1);
  expect(depthOf(parse('{ ...F } fragment F on X { a { ...F } }'))).toBeLessThan(5);
});

test('a body that stops half-way, or is no JSON, or is too large, gets its own answer', async () => {
  const post = async (body: string, type = 'application/json') => {
    const response = await fetch(t.url, { method: 'POST', headers: { 'content-type': type }, body });
    return { status: response.status, body: (await response.json()) as { errors: { extensions: { code: string } }[] } };
  };
  expect(await post('{"query": "{ cam')).toMatchObject({ status: 400, body: { errors: [{ extensions: { code: 'BAD_REQUEST' } }] } });
  expect(await post('x'.repeat(5 * 1024 * 1024))).toMatchObject({ status: 413, body: { errors: [{ extensions: { code: 'TOO_LARGE' } }] } });
  expect(await post('<xml/>', 'text/xml')).toMatchObject({ status: 415 });
  expect((await t.send('{ campaigns { totalCount } }')).status).toBe(200);
});

test('a client that goes away in mid-request takes nothing with it', async () => {
  await new Promise<void>((resolve) => {
    const { port } = new URL(t.url);
    const call = request({ port, path: '/graphql', method: 'POST', headers: { 'content-type': 'application/json', 'content-length': 1_000 } });
    call.on('error', () => resolve());
    call.write('{"query":');
    setTimeout(() => call.destroy(), 20);
  });
  expect((await t.send('{ campaigns { totalCount } }')).status).toBe(200);
});

test('a port that is taken is told as such, with a way out', async () => {
  const taken = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => taken.once('listening', resolve));
  const { port } = taken.address() as { port: number };
  await expect(openTestApp({ config: { port } })).rejects.toMatchObject({ code: 'CONFIG_INVALID', field: 'PORT' });
  taken.close();
});
