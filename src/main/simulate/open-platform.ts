import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { manualClock } from '../../base/clock';
import { uuidv7Source } from '../../base/ids';
import { jsonLogger } from '../../base/logger';
import { createRng } from '../../base/rng';
import type { Arm } from '../../modules/simulation/loop/simulate';
import type { Platform } from '../../modules/simulation/loop/platform';
import { throwawayDatabase } from '../../store/database/throwaway';
import type { Config } from '../config';
import { createApp } from '../create-app';
import type { Overrides } from '../open-dependencies';
import { graphqlClient } from './graphql-client';
import { graphqlPlatform } from './graphql-platform';

export interface PlatformOptions {
  readonly config: Config;
  readonly seed: number;
  readonly today: Date;
  /** A PostgreSQL server to make a database on; the embedded one when absent. */
  readonly server?: string;
  readonly signal?: AbortSignal;
  /** Models that a caller brings. */
  readonly overrides?: Pick<Overrides, 'scorer' | 'generator'>;
}

/** A program of its own, on a free port and a database that is thrown away when it is closed. */
export async function openPlatform(arm: Arm, { config, seed, today, server, signal, overrides }: PlatformOptions): Promise<Platform & { close(): Promise<void> }> {
  const closers: (() => Promise<unknown>)[] = [];
  const close = async (): Promise<void> => {
    for (const closer of closers.splice(0).toReversed()) await closer();
  };
  try {
    const dataDir = await mkdtemp(path.join(tmpdir(), 'adloom-simulation-'));
    closers.push(() => rm(dataDir, { recursive: true, force: true }));
    const database = server === undefined ? null : await throwawayDatabase(server);
    if (database) closers.push(() => database.drop());
    const clock = manualClock(today);
    const chance = createRng(seed).fork('ids');
    const ids = uuidv7Source(clock, (bytes) => bytes.map(() => chance.int(256)));
    const app = await createApp(
      { ...config, port: 0, host: '127.0.0.1', databaseUrl: database?.url, dataDir, demo: false },
      { clock, ids, logger: jsonLogger('error', () => clock.now()), ...overrides },
    );
    closers.push(() => app.close(2_000));
    const { url } = await app.listen();
    return { ...(await graphqlPlatform(graphqlClient(url), arm, (milliseconds) => clock.advance(milliseconds), signal)), close };
  } catch (error) {
    await close();
    throw error;
  }
}
