import type { Command } from 'commander';
import { messageOf } from '../../base/errors';
import { needsDemo, seedDemo } from '../../modules/demo/seed-demo';
import { orderDemoCopy } from '../../modules/demo/write-demo-copy';
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
  readonly json?: boolean;
}

export function registerServe(program: Command, shell: Shell, finish: (exitCode: number) => void, onServe: () => void): void {
  withStoreOptions(program.command('serve'))
    .description('Serve GraphQL over HTTP and WebSocket.')
    .option('--port <number>', 'port to listen on; 0 takes a free one (PORT, else 4000)', wholeNumber(0, 65_535))
    .option('--host <address>', 'address to listen on (HOST, else 127.0.0.1)')
    .option('--no-demo', 'leave an empty database empty (ADLOOM_DEMO=false)')
    .option('--json', 'tell the start as JSON lines: {"demo"} when it was filled, then {"url", "database", "device", "models"}')
    .action(async (options: ServeOptions) => {
      const config = configOf(options, {
        ...(options.port === undefined ? {} : { port: options.port }),
        ...(options.host === undefined ? {} : { host: options.host }),
        ...(options.demo ? {} : { demo: false }),
      });
      const app = await createApp(config);
      try {
        const empty = config.demo && (await needsDemo(app.deps));
        if (empty) await fillWithDemo(app, shell, options.json === true);
        // Told to stop while still starting.
        if (shell.signal.aborted) return void (await app.close(0).finally(() => finish(EXIT.INTERRUPTED)));
        const { url } = await app.listen();
        announce(app, url, shell, options.json === true);
        if (config.demo && !empty) catchUpWithDemo(app);
      } catch (error) {
        await app.close(0);
        throw error;
      }
      onServe();
      finish(await runUntilStopped(app));
    });
}

async function fillWithDemo(app: App, shell: Shell, json: boolean): Promise<void> {
  if (!json) line(shell.stdout, 'The database is empty: filling it with demo data ...');
  const demo = await seedDemo(app.deps, shell.signal);
  const copy = demo.written > 0 ? `, ${demo.written} creatives written for some of them` : '';
  line(shell.stdout, json ? JSON.stringify({ demo }) : `  ${demo.campaigns} campaigns, ${demo.profiles} people with ${demo.events} events${copy}`);
}

/** An earlier start may have had no writer, or no time: what is missing is written while the program serves. */
function catchUpWithDemo({ deps }: App): void {
  orderDemoCopy(deps).catch((error: unknown) => deps.logger.warn('no demo copy was ordered', { error: messageOf(error) }));
}

function announce(app: App, url: string, { stdout }: Shell, json: boolean): void {
  const { database, device, models } = app.describe();
  if (json) {
    line(stdout, JSON.stringify({ url, database, device, models }));
    return;
  }
  line(stdout, `Adloom listens at ${url}`);
  line(stdout, `  database  ${database}`);
  if (device) line(stdout, `  device    ${device.device}${device.setting === 'auto' ? ', chosen' : ', as ENGINE_DEVICE says'}${device.reason === null ? '' : ` (${device.reason})`}`);
  for (const { kind, name, parameters, device: on } of models) {
    line(stdout, `  ${kind.padEnd(9)} ${name}, ${(parameters / 1e6).toFixed(1)}M parameters, on ${on}`);
  }
  for (const kind of ['classifier', 'writer']) {
    if (!models.some((model) => model.kind === kind)) line(stdout, `  ${kind.padEnd(9)} none: what needs it is refused`);
  }
  line(stdout, 'Ctrl-C stops it.');
}
