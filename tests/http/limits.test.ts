import { createServer, request } from 'node:http';
import { parse } from 'graphql';
import { depthOf } from '../../src/graphql/limits/check-limits';
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
