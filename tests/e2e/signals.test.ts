import { once } from 'node:events';
import path from 'node:path';
import { PATIENCE_MS, ROOT, Workplace } from './program';

let place: Workplace;
beforeAll(() => (place = new Workplace()));
afterAll(() => place.discard());

const line = `${JSON.stringify({ text: 'Leave the road to others' })}\n`;

/** A long verb in the middle of its work: the first answers are out, and the model runs on the next. */
async function scoring(): Promise<ReturnType<Workplace['start']>> {
  const started = place.start(['score', '--quiet'], { ADLOOM_CTR_MODEL: path.join(ROOT, 'models', 'ctr') });
  started.child.stdin.on('error', () => undefined).write(line.repeat(8_192));
  await once(started.child.stdout, 'data');
  return started;
}

test('SIGTERM ends a long verb in the middle of its work with 130 and one line that says so', async () => {
  const { child, ended } = await scoring();
  child.kill('SIGTERM');
  const { code, err } = await ended;
  expect(err).toMatch(/^adloom: [^\n]+ \[CANCELLED\]\n$/);
  expect(code).toBe(130);
}, PATIENCE_MS);

test('a second SIGTERM ends it at once, by that signal and without a word of the runtime', async () => {
  const { child, ended } = await scoring();
  child.kill('SIGTERM');
  await new Promise((resolve) => setTimeout(resolve, 20));
  child.kill('SIGTERM');
  const { err } = await ended;
  // The first is enough where the model is between two runs.
  expect(['SIGTERM ', '130 one line']).toContain(`${child.signalCode ?? child.exitCode} ${/^adloom: [^\n]+ \[CANCELLED\]\n$/.test(err) ? 'one line' : err}`);
}, PATIENCE_MS);
