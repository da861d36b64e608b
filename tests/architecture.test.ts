import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';

/*
 * The invariants of src/README.md, checked: imports point one way, no cycles, one home per library, small files, a README per
 * folder, time and chance passed in.
 */
const ROOT = path.resolve(__dirname, '..');
const SRC = path.join(ROOT, 'src');
const MADE = ['src/store/generated/', 'src/http/graphiql/', 'src/console/'];

function filesUnder(directory: string): string[] {
  return readdirSync(directory, { withFileTypes: true }).flatMap((entry) => {
    const full = path.join(directory, entry.name);
    return entry.isDirectory() ? filesUnder(full) : [path.relative(ROOT, full)];
  });
}

const sources = filesUnder(SRC).filter((file) => file.endsWith('.ts') && !MADE.some((made) => file.startsWith(made)));
const text = new Map(sources.map((file) => [file, readFileSync(path.join(ROOT, file), 'utf8')]));

interface Import {
  readonly from: string;
  readonly to: string;
}

/** Every module that a file names, whichever way. */
function importsOf(file: string): string[] {
  const code = text.get(file)!.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '');
  const patterns = [/^\s*(?:import|export)\s[^;'"]*?\bfrom\s*['"]([^'"\s]+)['"]/gm, /^\s*import\s*['"]([^'"\s]+)['"]/gm, /\b(?:import|require(?:\.resolve)?)\(\s*['"]([^'"\s]+)['"]/g];
  return patterns.flatMap((pattern) => Array.from(code.matchAll(pattern), (match) => match[1]!));
}

const internal: Import[] = [];
const external: Import[] = [];
for (const file of sources) {
  for (const name of importsOf(file)) {
    if (!name.startsWith('.')) {
      external.push({ from: file, to: name });
      continue;
    }
    const target = path.relative(ROOT, path.resolve(ROOT, path.dirname(file), name));
    const found = [`${target}.ts`, path.join(target, 'index.ts'), target].find((each) => existsSync(path.join(ROOT, each)) && statSync(path.join(ROOT, each)).isFile());
    internal.push({ from: file, to: found ?? target });
  }
}

const layerOf = (file: string): string => file.split(path.sep)[1]!.replace(/\.ts$/, '');

/** What each layer may import, beside itself. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  base: [],
  domain: ['base'],
  ml: ['base'],
  store: ['base', 'domain'],
  modules: ['base', 'domain', 'ml', 'store'],
  graphql: ['base', 'domain', 'modules'],
  jobs: ['base', 'domain', 'modules'],
  http: ['base', 'domain', 'modules', 'graphql', 'jobs'],
  main: ['base', 'domain', 'ml', 'store', 'modules', 'graphql', 'jobs', 'http'],
};

describe('imports', () => {
  test('point one way', () => {
    const wrong = internal
      .filter(({ from, to }) => !MADE.some((made) => to.startsWith(made)) || layerOf(from) !== layerOf(to))
      .filter(({ from, to }) => layerOf(from) !== layerOf(to) && !MAY_IMPORT[layerOf(from)]?.includes(layerOf(to)))
      .map(({ from, to }) => `${from} -> ${to}`);
    expect(wrong).toEqual([]);
  });

  test('resolve to files of the project', () => {
    expect(internal.filter(({ to }) => !existsSync(path.join(ROOT, to))).map(({ from, to }) => `${from} -> ${to}`)).toEqual([]);
  });

  test('make no cycle', () => {
    const edges = new Map<string, string[]>();
    for (const { from, to } of internal) edges.set(from, [...(edges.get(from) ?? []), to]);
    // Types may refer to each other: only what runs counts.
    const runs = (from: string, to: string): boolean => {
      const name = path.basename(to, '.ts');
      const statements = text.get(from)!.match(new RegExp(`(?:import|export)[^;]*?from\\s*['"][^'"]*\\/?${name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}['"]`, 'g')) ?? [];
      return statements.some((statement) => !/^(?:import|export) type\b/.test(statement));
    };
    const done = new Set<string>();
    const cycles: string[] = [];
    const visit = (file: string, trail: readonly string[]): void => {
      const at = trail.indexOf(file);
      if (at >= 0) return void cycles.push([...trail.slice(at), file].join(' -> '));
      if (done.has(file)) return;
      for (const next of edges.get(file) ?? []) if (text.has(next) && runs(file, next)) visit(next, [...trail, file]);
      done.add(file);
    };
    for (const file of sources) visit(file, []);
    expect(cycles).toEqual([]);
  });
});

/** Packages that one place alone may name. */
const HOMES: readonly (readonly [pattern: RegExp, home: string])[] = [
  [/^(?:@prisma\/|@electric-sql\/|pg$|pg\/|pglite-prisma-adapter)/, 'src/store/'],
  [/^onnxruntime-/, 'src/ml/runtime/'],
  [/^onnx-proto/, 'src/ml/onnx/'],
  [/^@xenova\/transformers|^@huggingface\//, 'src/ml/transformers/'],
  [/^type-graphql$|^graphql-scalars|^dataloader$|^graphql-query-complexity|^reflect-metadata/, 'src/graphql/'],
  [/^fastify|^@fastify\/|^@apollo\/|^@as-integrations\/|^graphql-ws|^ws$/, 'src/http/'],
  [/^commander$/, 'src/main/'],
  [/^csv-parse/, 'src/modules/imports/'],
  [/^graphql$|^graphql\//, 'src/graphql/'],
];
/** The HTTP layer parses and validates operations that come by WebSocket. */
const ALSO: readonly (readonly [pattern: RegExp, file: string])[] = [
  [/^graphql$/, 'src/http/subscriptions.ts'],
];

test('each library has one home', () => {
  const strays = external.filter(({ from, to }) =>
    HOMES.some(([pattern, home]) => pattern.test(to) && !from.startsWith(home)) && !ALSO.some(([pattern, file]) => pattern.test(to) && from === file));
  expect(strays.map(({ from, to }) => `${from} -> ${to}`)).toEqual([]);
});

test('only packages that package.json names are imported', () => {
  const { dependencies } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as { dependencies: Record<string, string> };
  const nameOf = (specifier: string): string => specifier.split('/').slice(0, specifier.startsWith('@') ? 2 : 1).join('/');
  const strays = external.filter(({ to }) => !to.startsWith('node:') && !(nameOf(to) in dependencies));
  expect(strays.map(({ from, to }) => `${from} -> ${to}`)).toEqual([]);
});

test('no file is longer than 400 lines', () => {
  const long = sources.map((file) => [file, text.get(file)!.split('\n').length - 1] as const).filter(([, lines]) => lines > 400);
  expect(long).toEqual([]);
});

test('the environment is read in main/config.ts alone', () => {
  const readers = sources.filter((file) => /\bprocess\.env\b/.test(text.get(file)!) && file !== path.join('src', 'main', 'config.ts'));
  expect(readers).toEqual([]);
});

test('time and chance are passed in', () => {
  const takers = sources.filter((file) => !file.startsWith(path.join('src', 'base')) && /\bDate\.now\(|\bMath\.random\(|\bnew Date\(\)/.test(text.get(file)!));
  expect(takers).toEqual([]);
});

test('exports are named and files are kebab-case', () => {
  expect(sources.filter((file) => /^export default\b/m.test(text.get(file)!))).toEqual([]);
  expect(sources.filter((file) => !/^[a-z0-9]+(?:[-.][a-z0-9]+)*\.ts$/.test(path.basename(file)))).toEqual([]);
});

test('every folder says in at most 20 lines what it is for', () => {
  const folders = [...new Set(sources.map((file) => path.dirname(file)))].filter((folder) => {
    // Small leaves are explained by the folder above them.
    const own = sources.filter((file) => path.dirname(file) === folder).length;
    return folder.split(path.sep).length <= 3 && own > 0;
  });
  const silent = folders.filter((folder) => {
    const readme = path.join(ROOT, folder, 'README.md');
    const above = path.join(ROOT, path.dirname(folder), 'README.md');
    return !existsSync(readme) && !(existsSync(above) && readFileSync(above, 'utf8').includes(path.basename(folder)));
  });
  expect(silent).toEqual([]);
  const long = filesUnder(SRC)
    .filter((file) => path.basename(file) === 'README.md' && file !== path.join('src', 'README.md') && !MADE.some((made) => file.startsWith(made)))
    .filter((file) => readFileSync(path.join(ROOT, file), 'utf8').trimEnd().split('\n').length > 20);
  expect(long).toEqual([]);
});

test('READMEs and comments name files that are there', () => {
  const known = new Set([...sources, ...filesUnder(path.join(ROOT, 'tests')), ...filesUnder(path.join(ROOT, 'src'))].map((file) => path.basename(file)));
  const readmes = filesUnder(SRC).filter((file) => path.basename(file) === 'README.md' && !MADE.some((made) => file.startsWith(made)));
  const named = [...readmes, ...sources].flatMap((file) => {
    const whole = readFileSync(path.join(ROOT, file), 'utf8');
    const prose = file.endsWith('.md') ? whole : [...whole.matchAll(/\/\*\*?[\s\S]*?\*\/|^\s*\/\/.*$/gm)].join('\n');
    return Array.from(prose.matchAll(/(?<![*a-z0-9.-])[a-z0-9][a-z0-9.-]*\.ts\b/g), ([name]) => ({ file, name: path.basename(name) }));
  });
  expect(named.length).toBeGreaterThan(100);
  expect(named.filter(({ name }) => !known.has(name)).map(({ file, name }) => `${file} names ${name}`)).toEqual([]);
});
