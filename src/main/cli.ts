/** The command line: verbs, exit codes, how errors are told. What a verb does is in commands/<verb>.ts. */
import { Command, CommanderError } from 'commander';
import { isAdloomError, messageOf } from '../base/errors';
import { registerEval } from './commands/eval';
import { registerGenerate } from './commands/generate';
import { registerImport } from './commands/import';
import { registerOpe } from './commands/ope';
import { registerPrecision } from './commands/precision';
import { registerReplay } from './commands/replay';
import { registerSchema } from './commands/schema';
import { registerScore } from './commands/score';
import { registerServe } from './commands/serve';
import { registerSimulate } from './commands/simulate';
import { registerTrain } from './commands/train';
import { endNow } from './end-now';
import { EXIT, exitCodeOf } from './exit-codes';
import { flush, line, ReaderGone, type Shell } from './shell';

/** Entry of bin/adloom.js: runs a verb and leaves with its exit code. */
export async function main(argv: readonly string[]): Promise<void> {
  const stop = new AbortController();
  let serving = false;
  const onSignal = (signal: NodeJS.Signals): void => {
    // `serve` has its own way of stopping.
    if (serving) return;
    if (stop.signal.aborted) return endNow(signal);
    stop.abort();
  };
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
  // Without a listener a reader that went away would end the process with a stack trace.
  process.stdout.on('error', () => undefined);
  process.stderr.on('error', () => undefined);
  const shell: Shell = { stdin: process.stdin, stdout: process.stdout, stderr: process.stderr, signal: stop.signal, endAtSignals: () => process.off('SIGINT', onSignal).off('SIGTERM', onSignal) };
  process.exitCode = await runCli(argv.slice(2), shell, () => (serving = true));
  // What is open (a paused standard input, say) must not keep a finished command alive.
  process.stdout.write('', () => process.exit());
}

/** Runs one verb and returns its exit code; never throws. */
export async function runCli(args: readonly string[], shell: Shell, onServe: () => void = () => undefined): Promise<number> {
  let code: number = EXIT.OK;
  const finish = (result: number): void => {
    code = result;
  };
  const program = new Command('adloom')
    .description('Reads what people did, writes ad copy for them, ranks it, serves it, and learns.')
    .exitOverride()
    .configureOutput({ writeOut: (text) => shell.stdout.write(text), writeErr: (text) => shell.stderr.write(text) })
    .showHelpAfterError('(add --help for all options)')
    .addHelpText('after', `\nExit codes: 0 done, 1 failed, 2 wrong usage or input, 3 done but for rows that were set aside, 130 interrupted.`);
  registerServe(program, shell, finish, onServe);
  registerImport(program, shell, finish);
  registerScore(program, shell, finish);
  registerGenerate(program, shell, finish);
  registerTrain(program, shell, finish);
  registerEval(program, shell, finish);
  registerPrecision(program, shell, finish);
  registerOpe(program, shell, finish);
  registerReplay(program, shell, finish);
  registerSimulate(program, shell, finish);
  registerSchema(program, shell, finish);
  try {
    await program.parseAsync(args, { from: 'user' });
    await flush(shell.stdout);
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.OK : EXIT.BAD_INPUT;
    if (error instanceof ReaderGone) return EXIT.OK;
    tell(shell, error, args.includes('--json'));
    return exitCodeOf(error);
  }
}

function tell({ stderr }: Shell, error: unknown, json: boolean): void {
  const known = isAdloomError(error) ? error : null;
  if (json) {
    line(stderr, JSON.stringify({ error: { code: known?.code ?? 'INTERNAL', message: messageOf(error), field: known?.field, hint: known?.hint } }));
    return;
  }
  line(stderr, `adloom: ${known?.field === undefined || known.message.includes(known.field) ? '' : `${known.field}: `}${messageOf(error)}${known === null ? '' : ` [${known.code}]`}`);
  if (known?.hint !== undefined) line(stderr, `  ${known.hint}`);
  // Not foreseen: whoever mends it needs to know where.
  if (known === null && error instanceof Error && error.stack !== undefined) line(stderr, error.stack.split('\n').slice(1).join('\n'));
}
