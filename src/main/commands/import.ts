import { createReadStream, statSync, type ReadStream } from 'node:fs';
import path from 'node:path';
import { Argument, type Command, Option } from 'commander';
import { badInput } from '../../base/errors';
import type { Dependencies } from '../../modules/dependencies';
import { parseColumnMap } from '../../modules/imports/column-map';
import { importCreatives } from '../../modules/imports/import-creatives';
import { importEvents } from '../../modules/imports/import-events';
import { importProfiles } from '../../modules/imports/import-profiles';
import { importUpworthy } from '../../modules/imports/import-upworthy';
import { FILE_FORMATS, formatOf, type ByteSource, type FileFormat } from '../../modules/imports/row-source';
import type { ImportInput, ImportReport } from '../../modules/imports/run-import';
import { EXIT } from '../exit-codes';
import { openDependencies } from '../open-dependencies';
import { createProgress } from '../progress';
import { line, type Shell } from '../shell';
import { configOf, withStoreOptions, type StoreOptions } from './store-options';
import type { RegisterVerb } from './verb';

interface ImportOptions extends StoreOptions {
  readonly format?: FileFormat;
  readonly map?: string;
  readonly delimiter?: string;
  readonly rejects?: string;
  readonly json?: boolean;
}

const KINDS: Readonly<Record<string, (deps: Dependencies, input: ImportInput) => Promise<ImportReport>>> = {
  upworthy: importUpworthy,
  events: importEvents,
  profiles: importProfiles,
  creatives: importCreatives,
};

const FIELDS = `
Fields (a column of the same name is found by itself, whatever its letter case; * is required):
  upworthy   as in the archive: clickability_test_id* eyecatcher_id headline* lede impressions* clicks* test_week*
  events     profileExternalId* kind* itemText* occurredAt* category value eventId
  profiles   externalId* consent.personalisation consent.training consent.measurement attributes.<name>
  creatives  campaignExternalId* headline* externalId body callToAction imageUrl status impressions clicks conversions

Rows that cannot be read go to the rejects file with their line and the reason; the others are imported (exit code 3).
Importing again changes nothing: rows that are there stay as they are.

Examples:
  adloom import upworthy archive.csv
  adloom import events clicks.csv --map profileExternalId=user,itemText=title,occurredAt=ts
  adloom import events events.jsonl.gz
  psql shop -c '\\copy people to stdout csv header' | adloom import profiles - --format csv`;

export const registerImport: RegisterVerb = (program: Command, shell, finish) => {
  withStoreOptions(program.command('import'))
    .description('Import campaigns, creatives, people or events from CSV or JSON lines.')
    .addArgument(new Argument('<kind>', 'what the rows are').choices(Object.keys(KINDS)))
    .argument('<file>', 'file to read, packed with gzip or not; - is standard input')
    .addOption(new Option('--format <format>', 'format of the file; by its name when absent').choices(FILE_FORMATS))
    .option('--map <field=column,...>', 'columns by field, where they are named otherwise')
    .option('--delimiter <character>', 'between cells of a CSV; by its first line when absent: a comma, a tab or a semicolon')
    .option('--rejects <file>', 'where rejected rows go (<name>.rejects.jsonl in this directory)')
    .option('--json', 'print the report as JSON')
    .addHelpText('after', FIELDS)
    .action(async (kind: string, file: string, options: ImportOptions) => {
      const input = inputOf(file, options, shell);
      const { deps, close } = await openDependencies(configOf(options), { withModels: false });
      const progress = createProgress(shell, deps.clock, `import ${kind}`);
      const started = deps.clock.elapsed();
      try {
        const report = await KINDS[kind]!(deps, {
          ...input.settings,
          signal: shell.signal,
          onProgress: ({ rows, rejected }) => progress.update(input.share(), `${rows} rows${rejected > 0 ? `, ${rejected} rejected` : ''}`),
        });
        progress.end();
        tell(shell, report, (deps.clock.elapsed() - started) / 1000, options.json === true);
        finish(report.rejected > 0 ? EXIT.PARTIAL : EXIT.OK);
      } finally {
        progress.end();
        await close();
      }
    });
};

function inputOf(file: string, options: ImportOptions, shell: Shell): { settings: ImportInput; share: () => number | null } {
  const standard = file === '-';
  const format = options.format ?? (standard ? null : formatOf(file));
  if (format === null) throw badInput('--format', 'The format of the input cannot be told from its name.', 'Say --format csv or --format jsonl.');
  if (options.delimiter !== undefined && (options.delimiter.length !== 1 || options.delimiter === '"')) {
    throw badInput('--delimiter', `A delimiter is one character, and no quotation mark; came ${JSON.stringify(options.delimiter)}.`);
  }
  const total = standard ? null : sizeOf(file);
  let stream: ReadStream | null = null;
  // Opened when it is read: a stream that nobody listens to yet would end the process with its error.
  async function* bytes(): AsyncGenerator<Buffer> {
    stream = createReadStream(file, { highWaterMark: 1 << 18 });
    yield* stream as AsyncIterable<Buffer>;
  }
  const name = standard ? 'stdin' : path.basename(file);
  return {
    settings: {
      source: standard ? (shell.stdin as ByteSource) : bytes(),
      format,
      rejectsPath: path.resolve(options.rejects ?? `${name}.rejects.jsonl`),
      delimiter: options.delimiter ?? (/\.tsv(?:\.gz)?$/i.test(file) ? '\t' : undefined),
      ...(options.map === undefined ? {} : { map: parseColumnMap(options.map) }),
    },
    share: () => (stream === null || !total ? null : stream.bytesRead / total),
  };
}

/** Refuses early what cannot be read, before a database is opened. */
function sizeOf(file: string): number {
  let stat;
  try {
    stat = statSync(file);
  } catch {
    throw badInput('file', `There is no file ${file}.`);
  }
  if (stat.isDirectory()) throw badInput('file', `${file} is a directory, not a file.`);
  return stat.size;
}

function tell({ stdout }: Shell, report: ImportReport, seconds: number, json: boolean): void {
  if (json) {
    line(stdout, JSON.stringify({ ...report, seconds: Number(seconds.toFixed(3)) }));
    return;
  }
  const speed = seconds > 0 ? Math.round(report.rows / seconds) : report.rows;
  line(stdout, `${report.rows} rows in ${seconds.toFixed(1)} s (${speed} a second): ${report.imported} imported, ${report.unchanged} were there already, ${report.rejected} rejected`);
  if (report.rejectsFile !== null) line(stdout, `rejected rows, with line and reason: ${report.rejectsFile}`);
}
