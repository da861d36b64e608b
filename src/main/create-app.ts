import { createServer } from '../http/create-server';
import { forgetOldAlways } from '../jobs/forget-old';
import { resumeJobs, resumeJobsAlways } from '../jobs/resume-jobs';
import { retrainOnSchedule } from '../jobs/retrain-on-schedule';
import { sweepExpired } from '../jobs/sweep-expired';
import type { Dependencies } from '../modules/dependencies';
import type { Config } from './config';
import { engineDevice } from './engine-device';
import { openDependencies, type Overrides } from './open-dependencies';

export interface AppDescription {
  readonly database: string;
  /** What was asked for, what it came to and why; null where no model was opened. */
  readonly device: { readonly setting: string; readonly device: string; readonly reason: string | null } | null;
  readonly models: readonly { readonly kind: string; readonly name: string; readonly parameters: number; readonly device: string }[];
}

export interface App {
  readonly deps: Dependencies;
  /** Starts to serve; resolves with the address to show people. */
  listen(): Promise<{ readonly url: string }>;
  /** For the lines that a start prints. */
  describe(): AppDescription;
  /** Finishes what is in flight, keeps every prediction, closes everything; safe to call twice. */
  close(graceMs?: number): Promise<void>;
}

const GRACE_MS = 10_000;

/** The whole program, ready to listen. */
export async function createApp(config: Config, overrides: Overrides = {}): Promise<App> {
  const { deps, close: closeDependencies } = await openDependencies(config, overrides);
  try {
    const server = await createServer({
      deps,
      port: config.port,
      host: config.host,
      maxBodyBytes: config.maxBodyBytes,
      allowedOrigins: config.allowedOrigins,
      production: config.production,
    });
    const device = await deviceOf(config, overrides, deps);
    let closing: Promise<void> | null = null;
    let stopJobs = (): void => undefined;
    return {
      deps,
      async listen() {
        const address = await server.listen();
        deps.creativeIndex?.start();
        deps.liveModels.start();
        await resumeJobs(deps);
        const stops = [sweepExpired(deps), resumeJobsAlways(deps), retrainOnSchedule(deps, config.retrain), forgetOldAlways(deps, config)];
        stopJobs = () => stops.forEach((stop) => stop());
        return { url: `${address.replace('0.0.0.0', 'localhost').replace('127.0.0.1', 'localhost')}/graphql` };
      },
      describe: () => describe(deps, device),
      close(graceMs = GRACE_MS) {
        stopJobs();
        deps.scorer.endSoon?.(graceMs);
        return (closing ??= server.close(graceMs).finally(() => closeDependencies(graceMs)));
      },
    };
  } catch (error) {
    await closeDependencies(0);
    throw error;
  }
}

/** Models that a caller brings run where the caller says. */
async function deviceOf(config: Config, overrides: Overrides, { modelVersionIds }: Dependencies): Promise<AppDescription['device']> {
  const opened = (modelVersionIds.classifier !== null && !overrides.scorer) || (modelVersionIds.writer !== null && !overrides.generator);
  return opened ? { setting: config.device, ...(await engineDevice(config.device)) } : null;
}

function describe({ store, scorer, generator, modelVersionIds }: Dependencies, device: AppDescription['device']): AppDescription {
  const { kind, detail } = store.describe();
  const models = [
    ...(modelVersionIds.classifier ? [scorer.identity] : []),
    ...(modelVersionIds.writer ? [generator.identity] : []),
  ];
  return {
    database: `${kind === 'embedded' ? 'embedded' : 'PostgreSQL'}: ${detail}`,
    device,
    models: models.map(({ kind: purpose, name, parameters, device }) => ({ kind: purpose, name, parameters, device })),
  };
}
