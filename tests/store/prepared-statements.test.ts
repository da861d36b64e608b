import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { workerEntry } from '../../src/base/worker-entry';

/** Runs in a thread, as the database does in the program: what is asserted is what it sends back. */
function inThread(body: string): Promise<unknown> {
  const from = (name: string): string => JSON.stringify(workerEntry(path.resolve(__dirname, '..', '..', 'src', 'store', 'database'), name));
  const code = `
    const { PGlite } = require('@electric-sql/pglite');
    const { prepareStatements } = require(${from('prepared-statements')});
    const { embeddedAdapter } = require(${from('embedded-adapter')});
    const { parentPort } = require('node:worker_threads');
    (async () => {
      const database = new PGlite(${JSON.stringify(dataDir)});
      await database.waitReady;
      await database.exec('DROP TABLE IF EXISTS t; CREATE TABLE t (id int PRIMARY KEY, word text, amount int8, at timestamptz, bytes bytea, tags text[], price numeric)');
      const raw = (sql, args = []) => ({ sql, args, argTypes: args.map(() => ({ scalarType: 'unknown', arity: 'scalar' })) });
      const answer = await (async () => { ${body} })();
      await database.close();
      parentPort.postMessage(answer);
    })();`;
  const worker = new Worker(code, { eval: true });
  return new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject)).finally(() => worker.terminate());
}

let dataDir: string;
beforeAll(() => {
  dataDir = mkdtempSync(path.join(tmpdir(), 'adloom-statements-'));
});
afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

test('a statement answers the same as by the library: values of every kind, rows and counts, the first time and later', async () => {
  const [ours, theirs] = (await inThread(`
    const statements = prepareStatements(database);
    const values = [1, "it's", '9007199254740993', new Date('2026-01-02T03:04:05.678Z'), new Uint8Array([0, 255, 16]), ['a,b', null, '"'], '1.50'];
    const insert = 'INSERT INTO t VALUES ($1, $2, $3, $4, $5, $6, $7)';
    const select = 'SELECT *, NULL::text AS nothing FROM t WHERE id = ANY($1::int[]) ORDER BY id';
    const asked = async (query) => {
      const all = [];
      for (const id of [1, 2, 3]) all.push(await query(insert, [id, ...values.slice(1)]));
      for (const ids of [[1, 2], [3], []]) all.push(await query(select, [ids]));
      all.push(await query("UPDATE t SET word = $1 WHERE id < $2", ['x', 3]), await query('DELETE FROM t', []));
      return all;
    };
    return Promise.all([
      await asked((text, given) => statements.query(text, given, { parsers: {} })),
      await asked((text, given) => database.query(text, given, { rowMode: 'array' })),
    ]);
  `)) as [unknown[], unknown[]];
  expect(ours).toEqual(theirs);
});

test('a statement that fails leaves the session and the statement as they were', async () => {
  expect(await inThread(`
    const { query } = prepareStatements(database);
    const insert = (id) => query('INSERT INTO t (id) VALUES ($1)', [id], { parsers: {} });
    const code = (promise) => promise.then(() => 'taken', (error) => error.code);
    return [await code(insert(1)), await code(insert(1)), await code(query('SELECT nonsense FROM t', [], { parsers: {} })), await code(insert('x')), await code(insert(2)),
      (await query('SELECT id FROM t ORDER BY id', [], { parsers: {} })).rows];
  `)).toEqual(['taken', '23505', '42703', '22P02', 'taken', [[1], [2]]]);
});

test('more statements than are kept all answer, and one that was given up answers again', async () => {
  expect(await inThread(`
    const { query } = prepareStatements(database);
    const sums = [];
    for (const n of [...Array(900).keys(), 0]) sums.push((await query('SELECT $1::int + ' + n, [1], { parsers: {} })).rows[0][0]);
    const { rows: [[left]] } = await query('SELECT count(*)::int FROM pg_prepared_statements', [], { parsers: {} });
    return [sums.every((sum, i) => sum === (i % 900) + 1), left];
  `)).toEqual([true, 400]);
});

test('after a script changed a table, the same text answers with the table as it is', async () => {
  expect(await inThread(`
    const adapter = await embeddedAdapter(database).connect();
    const select = raw('SELECT * FROM t');
    const before = (await adapter.queryRaw(select)).columnNames.length;
    await adapter.executeScript('ALTER TABLE t ADD COLUMN more int DEFAULT 7; INSERT INTO t (id) VALUES (9)');
    const { columnNames, rows } = await adapter.queryRaw(select);
    return [before, columnNames.length, rows[0].at(-1)];
  `)).toEqual([7, 8, 7]);
});

test('what is asked during a transaction waits for its end; one that fails undoes all and lets the next one in', async () => {
  expect(await inThread(`
    const adapter = await embeddedAdapter(database).connect();
    const transaction = await adapter.startTransaction();
    await transaction.executeRaw(raw('INSERT INTO t (id) VALUES (1)'));
    let seen = 'waits';
    const outside = adapter.queryRaw(raw('SELECT count(*)::int FROM t')).then(({ rows }) => (seen = rows[0][0]));
    const second = adapter.startTransaction();
    await new Promise((resolve) => setTimeout(resolve, 50));
    const during = seen;
    await transaction.executeRaw(raw('INSERT INTO t (id) VALUES (1)')).catch(() => {});
    await transaction.rollback();
    await outside;
    const next = await second;
    await next.executeRaw(raw('INSERT INTO t (id) VALUES (2)'));
    await next.commit();
    return [during, seen, (await adapter.queryRaw(raw('SELECT id FROM t'))).rows];
  `)).toEqual(['waits', 0, [[2]]]);
});
