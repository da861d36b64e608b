// All set-up, in order, each step only when its inputs changed. Plain Node: runs before anything is installed.
// Used by `npm start`, `npm test`, `npm run build` and `npm run bench`.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const at = (...parts) => path.join(root, ...parts);
const NODE_MINIMUM = [20, 19];

/** Every file under the given paths (files or folders), sorted. */
function filesUnder(paths, keep = () => true) {
  const found = [];
  const visit = (relative) => {
    const full = at(relative);
    if (!existsSync(full)) return;
    if (statSync(full).isDirectory()) {
      for (const name of readdirSync(full).toSorted()) visit(path.join(relative, name));
    } else if (keep(relative)) found.push(relative);
  };
  for (const each of paths) visit(each);
  return found;
}

function hashOf(files, salt = '') {
  const hash = createHash('sha256').update(`${process.version} ${salt}\0`);
  for (const file of files) hash.update(`${file}\0`).update(readFileSync(at(file))).update('\0');
  return hash.digest('hex');
}

/** Versions of installed packages: a step that runs them runs again when they change. */
function versionsOf(names) {
  return names
    .map((name) => {
      try {
        return `${name}@${JSON.parse(readFileSync(at('node_modules', name, 'package.json'), 'utf8')).version}`;
      } catch {
        return `${name}@absent`;
      }
    })
    .join(' ');
}

function run(label, command, args, environment = {}) {
  const result = spawnSync(command, args, {
    cwd: root,
    env: { ...process.env, ...environment },
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    maxBuffer: 64 * 1024 * 1024,
    shell: false,
  });
  if (result.status === 0) return { ok: true, output: result.stdout + result.stderr };
  const output = `${result.stdout ?? ''}${result.stderr ?? ''}${result.error ? result.error.message : ''}`;
  return { ok: false, output: `${label} failed (exit ${result.status ?? result.signal ?? 'unknown'}):\n${output}` };
}

const bin = (...parts) => at('node_modules', ...parts);

/** True when what is installed is what package-lock.json asks for; needs no network and no stamp. */
function installMatchesLock() {
  if (!existsSync(at('node_modules', '.package-lock.json'))) return false;
  const wanted = JSON.parse(readFileSync(at('package-lock.json'), 'utf8')).packages;
  const installed = JSON.parse(readFileSync(at('node_modules', '.package-lock.json'), 'utf8')).packages;
  for (const [where, entry] of Object.entries(wanted)) {
    if (where === '' || entry.link) continue;
    const have = installed[where];
    if (!have && !entry.optional && !entry.peer) return false;
    if (have && have.version !== entry.version) return false;
  }
  return true;
}

/** Removes compiled files whose source is gone, so that no stale module can be loaded. */
function sweepDist() {
  for (const file of filesUnder(['dist'], (name) => name.endsWith('.js'))) {
    const source = file.replace(/^dist/, 'src').replace(/\.js$/, '.ts');
    if (file.startsWith(path.join('dist', 'graphiql')) || existsSync(at(source))) continue;
    for (const gone of [file, `${file}.map`]) rmSync(at(gone), { force: true });
  }
}

const STEPS = [
  {
    name: 'packages',
    inputs: () => hashOf(filesUnder(['package-lock.json', '.npmrc'])),
    made: () => existsSync(at('node_modules', '.package-lock.json')),
    stampIn: 'node_modules',
    // npm as it was called, where it was.
    work() {
      if (installMatchesLock()) return { ok: true, output: 'already as the lock file asks' };
      // Not `npm ci`: it refuses a lock file made where a registry lacked packages of other platforms. The versions are the lock file's
      // all the same, and `--no-save` leaves that file as it is.
      const args = ['install', '--no-save', '--no-audit', '--no-fund', '--loglevel=error'];
      const environment = { ONNXRUNTIME_NODE_INSTALL: 'skip', PRISMA_SKIP_POSTINSTALL_GENERATE: '1' };
      const npm = process.env.npm_execpath;
      return npm && /\.c?js$/.test(npm)
        ? run('npm', process.execPath, [npm, ...args], environment)
        : run('npm', process.platform === 'win32' ? 'npm.cmd' : 'npm', args, environment);
    },
  },
  {
    name: 'database client',
    inputs: () => hashOf(filesUnder(['prisma/schema.prisma', 'prisma.config.ts']), versionsOf(['prisma', '@prisma/client'])),
    made: () => existsSync(at('src', 'store', 'generated')),
    skip: () => !existsSync(at('prisma', 'schema.prisma')),
    // Generation asks for an engine binary to exist but never runs it; nothing is downloaded.
    work: () =>
      run('prisma generate', process.execPath, [bin('prisma', 'build', 'index.js'), 'generate'], {
        PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
        PRISMA_HIDE_UPDATE_MESSAGE: '1',
        PRISMA_GENERATE_SKIP_AUTOINSTALL: '1',
        CHECKPOINT_DISABLE: '1',
        DO_NOT_TRACK: '1',
      }),
  },
  {
    name: 'typed operations',
    inputs: () => hashOf(filesUnder(['schema', 'codegen.yml', 'tests/operations']), versionsOf(['@graphql-codegen/cli'])),
    made: () => existsSync(at('tests', 'generated', 'operations.ts')),
    skip: () => !existsSync(at('schema', 'schema.graphql')),
    work: () =>
      run('graphql-codegen', process.execPath, [
        bin('@graphql-codegen', 'cli', 'cjs', 'bin.js'), '--config', 'codegen.yml', '--silent',
      ]),
  },
  {
    name: 'program',
    inputs: () =>
      hashOf(
        filesUnder(['tsconfig.json', 'src'], (name) => name.endsWith('.ts') || name === 'tsconfig.json'),
        versionsOf(['typescript', '@prisma/client', 'type-graphql', 'graphql']),
      ),
    made: () => existsSync(at('dist', 'main', 'cli.js')),
    work() {
      const built = run('tsc', process.execPath, [bin('typescript', 'bin', 'tsc'), '-p', 'tsconfig.json']);
      if (built.ok) sweepDist();
      return built;
    },
  },
  {
    name: 'query page',
    inputs: () =>
      hashOf(filesUnder(['scripts/graphiql.mjs', 'src/http/graphiql']), versionsOf(['graphiql', 'esbuild', 'react', 'monaco-editor'])),
    made: () => existsSync(at('dist', 'graphiql', 'index.js')),
    work: () => run('esbuild', process.execPath, [at('scripts', 'graphiql.mjs')]),
  },
];

/**
 * Runs the steps. Returns what failed, by step name; later steps still run, so that a report can show all of it.
 * @param {{ quiet?: boolean, stopAtFailure?: boolean }} options
 */
export function setUp({ quiet = false, stopAtFailure = true } = {}) {
  const say = (text) => quiet || process.stderr.write(`${text}\n`);
  const have = process.versions.node.split('.').map(Number);
  if (have[0] < NODE_MINIMUM[0] || (have[0] === NODE_MINIMUM[0] && have[1] < NODE_MINIMUM[1])) {
    return { failures: [{ step: 'node', output: `Node ${NODE_MINIMUM.join('.')} or newer is required; this is ${process.versions.node}.` }] };
  }
  const failures = [];
  for (const step of STEPS) {
    if (step.skip?.()) continue;
    const stamp = at(step.stampIn ?? 'dist', `.adloom-${step.name.replaceAll(' ', '-')}`);
    const inputs = step.inputs();
    if (step.made() && existsSync(stamp) && readFileSync(stamp, 'utf8') === inputs) continue;
    say(`set-up: ${step.name} ...`);
    const started = performance.now();
    const result = step.work();
    if (!result.ok) {
      failures.push({ step: step.name, output: result.output });
      // Without packages no later step can run.
      if (stopAtFailure || step.name === 'packages') break;
      continue;
    }
    mkdirSync(path.dirname(stamp), { recursive: true });
    // Hashed again: a step may make files that are inputs of its own (generated sources are inputs of later steps only).
    writeFileSync(stamp, step.inputs());
    say(`set-up: ${step.name} done in ${((performance.now() - started) / 1000).toFixed(1)} s`);
  }
  return { failures };
}

if (process.argv[1] && path.resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const { failures } = setUp();
  for (const failure of failures) process.stderr.write(`${failure.output}\n`);
  process.exitCode = failures.length > 0 ? 1 : 0;
}
