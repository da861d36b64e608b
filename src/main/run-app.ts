import { messageOf } from '../base/errors';
import type { App } from './create-app';
import { endNow } from './end-now';

/**
 * Keeps a listening app running until the process is told to stop; resolves with the exit code. The first SIGTERM or SIGINT
 * finishes what is in flight and keeps every prediction; a second one ends the process at once.
 */
export function runUntilStopped(app: App, options: { graceMs?: number } = {}): Promise<number> {
  const { graceMs = 10_000 } = options;
  return new Promise((resolve) => {
    let stopping = false;
    // A request that fails must not take the others with it.
    const onStray = (error: unknown): void => app.deps.logger.error('an error nobody caught', { error: messageOf(error), stack: error instanceof Error ? (error.stack ?? null) : null });
    const stop = (signal: NodeJS.Signals): void => {
      if (stopping) return endNow(signal);
      stopping = true;
      app.deps.logger.info('stopping', { signal });
      app.close(graceMs).then(
        () => finish(0),
        (error: unknown) => {
          app.deps.logger.error('the stop was not clean', { error: messageOf(error) });
          finish(1);
        },
      );
    };
    const finish = (code: number): void => {
      process.off('SIGTERM', stop).off('SIGINT', stop).off('unhandledRejection', onStray).off('uncaughtException', onStray);
      resolve(code);
    };
    process.on('SIGTERM', stop).on('SIGINT', stop).on('unhandledRejection', onStray).on('uncaughtException', onStray);
  });
}
