import type { Command } from 'commander';
import { needsDemo, seedDemo } from '../../modules/demo/seed-demo';
import { createApp, type App } from '../create-app';
import { EXIT } from '../exit-codes';
import { runUntilStopped } from '../run-app';
import { line, type Shell } from '../shell';
import { configOf, withStoreOptions, type StoreOptions } from './store-options';
import { wholeNumber } from './verb';

interface ServeOptions extends StoreOptions {
  readonly port?: number;
  readonly host?: string;
  readonly demo: boolean;
}

export function registerServe(program: Command, shell: Shell, finish: (exitCode: number) => void, onServe: () => void): void {
  withStoreOptions(program.command('serve'))
    .description('Serve GraphQL over HTTP and WebSocket.')
    .option('--port <number>', 'port to listen on; 0 takes a free one (PORT, else 4000)', wholeNumber(0, 65_535))
    .option('--host <address>', 'address to listen on (HOST, else 127.0.0.1)')
    .option('--no-demo', 'leave an empty database empty (ADLOOM_DEMO=false)')
    .action(async (options: ServeOptions) => {
      const config = configOf(options, {
        ...(options.port === undefined ? {} : { port: options.port }),
        ...(options.host === undefined ? {} : { host: options.host }),
        ...(options.demo ? {} : { demo: false }),
      });
      const app = await createApp(config);
      try {
        if (config.demo && (await needsDemo(app.deps))) await fillWithDemo(app, shell);
        // Told to stop while still starting.
        if (shell.signal.aborted) return void (await app.close(0).finally(() => finish(EXIT.INTERRUPTED)));
        const { url } = await app.listen();
        announce(app, url, shell);
      } catch (error) {
        await app.close(0);
        throw error;
      }
      onServe();
      finish(await runUntilStopped(app));
    });
}

async function fillWithDemo(app: App, shell: Shell): Promise<void> {
  line(shell.stdout, 'The database is empty: filling it with demo data ...');
  const { campaigns, profiles, events, written } = await seedDemo(app.deps);
  const copy = written > 0 ? `, ${written} creatives written for some of them` : '';
  line(shell.stdout, `  ${campaigns} campaigns, ${profiles} people with ${events} events${copy}`);
}

function announce(app: App, url: string, { stdout }: Shell): void {
  const { database, models } = app.describe();
  line(stdout, `Adloom listens at ${url}`);
  line(stdout, `  database  ${database}`);
  for (const { kind, name, parameters, device } of models) {
    line(stdout, `  ${kind.padEnd(9)} ${name}, ${(parameters / 1e6).toFixed(1)}M parameters, on ${device}`);
  }
  for (const kind of ['classifier', 'writer']) {
    if (!models.some((model) => model.kind === kind)) line(stdout, `  ${kind.padEnd(9)} none: what needs it is refused`);
  }
  line(stdout, 'Ctrl-C stops it.');
}
