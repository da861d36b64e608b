import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PassThrough, Writable } from 'node:stream';
import { runCli } from '../../src/main/cli';
import { corpusOption } from '../../src/main/commands/verb';
import { createProgress } from '../../src/main/progress';
import { write, type Shell } from '../../src/main/shell';
import { manualClock } from '../../src/base/clock';
import { freshDataDir } from '../support/embedded-store';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'adloom-cli-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

class Sink extends Writable {
  text = '';
  isTTY = false;
  columns = 80;
  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
}
async function run(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const [stdout, stderr, stdin] = [new Sink(), new Sink(), new PassThrough()];
  stdin.end();
  const code = await runCli(args, { stdin, stdout, stderr, signal: new AbortController().signal });
  return { code, out: stdout.text, err: stderr.text };
}

const VERBS = ['serve', 'import', 'score', 'generate', 'train', 'eval', 'precision', 'ope', 'replay', 'simulate', 'schema'];

test('the shipped corpus is found wherever the program was started from', () => {
  const folder = corpusOption('folder').defaultValue as string;
  expect([path.isAbsolute(folder), existsSync(folder)]).toEqual([true, true]);
});

test('an evaluation finds what the project wrote itself wherever it was started from', async () => {
  const [data, before] = [mkdtempSync(path.join(tmpdir(), 'adloom-cli-')), process.cwd()];
  const tables = {
    'upworthy/train.csv': 'clickability_test_id,eyecatcher_id,headline,lede,impressions,clicks\nt,e,Kites,,10,1\n',
    'games/items.csv': 'item_id,title\n1,Chess\n', 'games/sequences.csv': 'user_id,history,next_item\nu,1,1\n', 'news/clicks.csv': 'user_id,title,click\nu,Kites,1\n',
  };
  for (const [name, text] of Object.entries(tables)) {
    mkdirSync(path.dirname(path.join(data, name)), { recursive: true });
    writeFileSync(path.join(data, name), text);
  }
  try {
    process.chdir(data);
    // All data is read before the model is opened.
    expect((await run('eval', 'classifier', '--data', data, '--model', '/no/such/model')).err).toContain('/no/such/model');
  } finally {
    process.chdir(before);
    rmSync(data, { recursive: true, force: true });
  }
}, 60_000);

test('help names every verb, and every verb has help', async () => {
  const { code, out } = await run('--help');
  expect(code).toBe(0);
  for (const verb of VERBS) {
    expect(out).toContain(`  ${verb} `);
    const help = await run(verb, '--help');
    expect([help.code, help.out.includes(`adloom ${verb}`)]).toEqual([0, true]);
  }
});

describe('wrong usage ends with 2 and says what is wrong', () => {
  test.each([
    [['fly']],
    [['import', 'dreams', 'x.csv']],
    [['import', 'events']],
    [['import', 'events', '/no/such/file.csv']],
    [['import', 'events', '/tmp']],
    [['import', 'events', '-']],
    [['train', 'everything', '--data', 'x']],
    [['eval']],
    [['replay', '/no/such/tests.csv']],
    [['score', '--threads', 'many']],
    [['serve', '--port', '70000']],
    [['schema', '--check', '/no/such/schema.graphql']],
    [['schema', '--check', __filename]],
    [['score', '--model', '/no/such/model']],
    [['precision', 'simulate', '--groups', '0']],
    [['precision', 'simulate', '--model', '/no/such/model']],
    [['ope', 'log.csv']],
    [['ope', '/no/such/log.csv', '--evaluation-policy', 'uniform']],
    [['ope', 'log.csv', '--evaluation-policy', 'uniform', '--bootstrap', '10']],
  ])('%j', async (args) => {
    const { code, out, err } = await run(...args);
    expect([code === 2 || (args[0] === 'score' && code === 1), out]).toEqual([true, '']);
    expect(err).not.toBe('');
    expect(err).not.toContain('    at ');
  });

  test('as JSON, where JSON was asked for', async () => {
    const { err } = await run('import', 'events', '/no/such/file.csv', '--json');
    expect(JSON.parse(err)).toEqual({ error: { code: 'BAD_INPUT', field: 'file', message: 'There is no file /no/such/file.csv.' } });
  });
});

// Node's own recursive mkdir never ends below /proc.
test.each([path.join(__filename, 'below'), ...(process.platform === 'linux' ? ['/proc/adloom/adapter'] : [])])('train says at once, before it reads or learns, that nothing can be written in %s', async (output) => {
  const { code, err } = await run('train', 'adapter', '--data', '/no/such/choices.csv', '--output', output, '--json');
  expect([code, JSON.parse(err)]).toMatchObject([2, { error: { code: 'BAD_INPUT', message: expect.stringContaining(`${output} cannot be written`) } }]);
});

test.each([
  ['simulate', '--chart', path.join(__filename, 'below', 'rounds.svg')],
  ['simulate', '--chart', __dirname],
  ['replay', '/no/such/tests.csv', '--chart', path.join(__filename, 'regret.svg')],
])('%s says before it begins that its chart cannot be written', async (...args) => {
  const { code, err } = await run(...args, '--json');
  expect([code, JSON.parse(err)]).toMatchObject([2, { error: { code: 'BAD_INPUT', message: expect.stringContaining('cannot be written') } }]);
});

test('import: everything good is 0, rejected rows are 3 with a file; the report is one line of JSON', async () => {
  const dataDir = await freshDataDir();
  const file = path.join(folder, 'events.csv');
  const rejects = path.join(folder, 'rejects.jsonl');
  writeFileSync(file, 'profileExternalId,kind,itemText,occurredAt\nu1,VIEW,Tea,2026-11-01\nu1,FLY,Tea,2026-11-01\n');
  try {
    const first = await run('import', 'events', file, '--data-dir', dataDir, '--rejects', rejects, '--json');
    expect([first.code, JSON.parse(first.out)]).toMatchObject([3, { rows: 2, imported: 1, rejected: 1, rejectsFile: rejects }]);
    writeFileSync(file, 'profileExternalId,kind,itemText,occurredAt\nu1,VIEW,Tea,2026-11-01\n');
    const second = await run('import', 'events', file, '--data-dir', dataDir);
    expect([second.code, second.out]).toEqual([0, expect.stringContaining('0 imported, 1 were there already, 0 rejected')]);
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
});

test('schema prints SDL', async () => {
  const { code, out } = await run('schema');
  expect([code, out.includes('type Mutation')]).toEqual([0, true]);
});

describe('progress', () => {
  test('is a bar where a person watches and a plain line now and then where a log does', () => {
    const clock = manualClock('2026-11-23T00:00:00Z');
    const shown = (isTTY: boolean): string => {
      const stderr = new Sink();
      stderr.isTTY = isTTY;
      const progress = createProgress({ stderr } as unknown as Shell, clock, 'import');
      for (let step = 0; step <= 10; step++) {
        progress.update(step / 10, `${step} rows`);
        clock.advance(1_000);
      }
      progress.note('half way');
      progress.end();
      return stderr.text;
    };
    expect(shown(false)).toBe('import: 0 % 0 rows\nimport: 50 % 5 rows\nimport: 100 % 10 rows\nhalf way\n');
    expect(shown(true)).toContain('\r\u001b[Kimport [============            ]  50 % 5 rows');
  });
});

test('writing waits for a slow reader, and stops when the reader has gone', async () => {
  const slow = new PassThrough({ highWaterMark: 4 });
  let written = false;
  const pending = write(slow, 'more than fits').then(() => (written = true));
  await new Promise((resolve) => setTimeout(resolve, 5));
  expect(written).toBe(false);
  slow.resume();
  await pending;
  slow.destroy();
  await expect(write(slow, 'x')).rejects.toThrow();
});

describe('output that cannot be written', () => {
  const failing = (code: string): Writable =>
    new Writable({ write: (_chunk, _encoding, done) => done(Object.assign(new Error(`${code}: write`), { code })) }).on('error', () => undefined);
  const ending = async (code: string): Promise<[number, string]> => {
    const [stderr, stdin] = [new Sink(), new PassThrough()];
    stdin.end();
    return [await runCli(['schema'], { stdin, stdout: failing(code), stderr, signal: new AbortController().signal }), stderr.text];
  };

  test('is a failure that is told, not a success', async () => {
    const [full, said] = await ending('ENOSPC');
    expect([full, said]).toEqual([1, expect.stringMatching(/standard output.*\[DISK_FULL\]/is)]);
    expect((await ending('EIO'))[0]).toBe(1);
  });

  test('is none where the reader has what it wanted', async () => {
    expect(await ending('EPIPE')).toEqual([0, '']);
  });

  test('ends the writing', async () => {
    const stream = failing('ENOSPC');
    await write(stream, 'a').catch(() => undefined);
    await new Promise((resolve) => setImmediate(resolve));
    await expect(write(stream, 'b')).rejects.toMatchObject({ code: 'DISK_FULL' });
  });
});

test('ope: a table for people, the same figures as JSON, and 2 with a hint where the log cannot speak about the policy', async () => {
  const file = path.join(folder, 'log.csv');
  writeFileSync(file, 'action,reward,propensity\na,1,0.5\nb,0,0.5\na,0,0.5\nb,1,0.5\n');
  const table = await run('ope', file, '--evaluation-policy', 'uniform', '--policy-log', file, '--bootstrap', '100');
  expect([table.code, table.err]).toEqual([0, '']);
  expect(table.out).toMatch(/^ *value +std\. error +bootstrap +normal +rel\. error$/m);
  expect(table.out).toMatch(/^SNIPS +0\.50000 .* 0\.0 %$/m);
  const json = await run('ope', file, '--evaluation-policy', 'uniform', '--bootstrap', '100', '--json');
  expect(JSON.parse(json.out)).toMatchObject({ log: { rows: 4, actions: 2 }, parts: [{ position: null, truth: null, value: { estimates: { snips: { value: 0.5 } } } }] });
  const policy = path.join(folder, 'policy.csv');
  writeFileSync(policy, 'action,probability\nc,1\n');
  const refused = await run('ope', file, '--evaluation-policy', `file:${policy}`);
  expect([refused.code, refused.out]).toEqual([2, '']);
  expect(refused.err).toContain("100 % of the evaluation policy's probability");
  expect(refused.err).toContain('[NO_SUPPORT]\n  Evaluate a policy that stays within what was shown');
});
