// Everything that checks the project, after all set-up: types, lint, schema, then the test suites.
// The very last line is `N passed, N failed, N skipped`. Arguments go to jest: `npm test -- tests/graphql`.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { root, setUp } from './setup.mjs';

const started = performance.now();
const counts = { passed: 0, failed: 0, skipped: 0 };
const notes = [];

function seconds(since) {
  return `${((performance.now() - since) / 1000).toFixed(1)} s`;
}

function record(name, ok, detail, since) {
  counts[ok ? 'passed' : 'failed'] += 1;
  notes.push(`${ok ? 'ok    ' : 'FAILED'}  ${name} (${seconds(since)})`);
  if (!ok) process.stdout.write(`\n${name} failed:\n${detail}\n`);
}

/** A test that left something open, as one that failed may, keeps jest from ending: so long after its report it is ended. */
const GRACE_MS = 20_000;

/** Runs a program of node_modules to its end, or for a while beyond its report; its output comes back, or goes straight through. */
function run(args, { show = false, report } = {}) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', show ? 'inherit' : 'pipe', show ? 'inherit' : 'pipe'] });
    const watch = report && setInterval(() => {
      if (!existsSync(report)) return;
      clearInterval(watch);
      setTimeout(() => {
        if (child.exitCode !== null || child.signalCode !== null) return;
        record('the end of the tests', false, 'Something that a test opened was still open when all had run. Find it: npx jest --detectOpenHandles', performance.now());
        child.kill('SIGKILL');
      }, GRACE_MS).unref();
    }, 1_000);
    child.on('close', () => clearInterval(watch));
    let output = '';
    child.stdout?.on('data', (data) => (output += data));
    child.stderr?.on('data', (data) => (output += data));
    child.on('error', (error) => resolve({ code: 1, output: error.message }));
    child.on('close', (code) => resolve({ code: code ?? 1, output }));
  });
}

const bin = (...parts) => path.join(root, 'node_modules', ...parts);

function finish() {
  process.stdout.write(`\n${notes.join('\n')}\ntotal ${seconds(started)}\n\n`);
  process.stdout.write(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped\n`);
  process.exitCode = counts.failed > 0 ? 1 : 0;
}

async function main() {
  let since = performance.now();
  const { failures } = setUp({ stopAtFailure: false });
  const fatal = failures.find(({ step }) => step === 'node' || step === 'packages');
  for (const { step, output } of failures) record(`set-up: ${step}`, false, output, since);
  if (fatal) return finish();

  since = performance.now();
  const types = await run([bin('typescript', 'bin', 'tsc'), '-p', 'tests/tsconfig.json']);
  record('types', types.code === 0, types.output, since);

  since = performance.now();
  const lint = await run([bin('oxlint', 'bin', 'oxlint'), '--quiet']);
  record('lint', lint.code === 0, lint.output, since);

  since = performance.now();
  const schema = await run([path.join(root, 'scripts', 'schema.mjs')]);
  record('schema', schema.code === 0, schema.output, since);

  since = performance.now();
  const scratch = mkdtempSync(path.join(os.tmpdir(), 'adloom-test-'));
  const report = path.join(scratch, 'jest.json');
  await run([bin('jest', 'bin', 'jest.js'), '--json', `--outputFile=${report}`, ...process.argv.slice(2)], { show: true, report });
  try {
    const result = JSON.parse(readFileSync(report, 'utf8'));
    counts.passed += result.numPassedTests;
    // A file that could not even be loaded has no failed test, but is a failure.
    counts.failed += result.numFailedTests + result.numRuntimeErrorTestSuites;
    counts.skipped += result.numPendingTests + result.numTodoTests;
    notes.push(`${result.success ? 'ok    ' : 'FAILED'}  ${result.numTotalTestSuites} suites, ${result.numTotalTests} tests (${seconds(since)})`);
    if (!result.success && result.numFailedTests + result.numRuntimeErrorTestSuites === 0) counts.failed += 1;
  } catch (error) {
    record('jest', false, `It left no report: ${error.message}`, since);
  }
  rmSync(scratch, { recursive: true, force: true });
  finish();
}

await main();
