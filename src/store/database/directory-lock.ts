import { linkSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import path from 'node:path';
import type { Clock } from '../../base/clock';
import { AdloomError } from '../../base/errors';

/** Held while one process uses a directory; others are refused, and what a dead process left is taken over. */
export interface DirectoryLock {
  release(): void;
}

interface Owner {
  readonly pid: number;
  readonly host: string;
  /** When the process began, where the system tells: a process id that was given again is not the owner. */
  readonly started: string | null;
}

export const LOCK_FILE = 'adloom.lock';
const HEARTBEAT_MS = 5_000;
/** Whether a process of another host (or container) lives cannot be asked; it lives while it beats. */
const SILENCE_MS = 30_000;

export function lockDirectory(directory: string, clock: Clock): DirectoryLock {
  const file = path.join(directory, LOCK_FILE);
  const self: Owner = { pid: process.pid, host: hostname(), started: startOf(process.pid) };
  const mine = `${file}.${process.pid}.${Math.trunc(clock.elapsed() * 1000)}`;
  writeFileSync(mine, `${JSON.stringify(self)}\n`);
  try {
    // A link is made whole or not at all, and never over an existing file.
    while (!linked(mine, file)) {
      const owner = ownerOf(file);
      if (owner && alive(owner, file, clock)) throw lockedBy(owner, directory);
      removeStale(file, `${mine}.stale`, owner);
    }
  } finally {
    rmSync(mine, { force: true });
  }
  const beat = setInterval(() => {
    try {
      utimesSync(file, clock.now(), clock.now());
    } catch {
      // The directory was removed under us; the next statement says so better than a timer can.
    }
  }, HEARTBEAT_MS);
  beat.unref();
  return {
    release() {
      clearInterval(beat);
      const owner = ownerOf(file);
      if (owner && owner.pid === self.pid && owner.host === self.host) rmSync(file, { force: true });
    },
  };
}

function linked(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/**
 * Of two that find a dead owner, one may be a step behind and hold the other's new lock in its hands after the move:
 * it then puts it back, and finds it alive on the next turn.
 */
function removeStale(file: string, aside: string, dead: Owner | null): void {
  try {
    renameSync(file, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  const moved = ownerOf(aside);
  if (moved && (moved.pid !== dead?.pid || moved.started !== dead.started)) linked(aside, file);
  rmSync(aside, { force: true });
}

/** Null when the file is gone or was not written by us. */
function ownerOf(file: string): Owner | null {
  try {
    const owner = JSON.parse(readFileSync(file, 'utf8')) as Owner;
    return Number.isSafeInteger(owner.pid) && typeof owner.host === 'string' ? owner : null;
  } catch {
    return null;
  }
}

function alive(owner: Owner, file: string, clock: Clock): boolean {
  if (owner.host !== hostname()) {
    try {
      // A beat from far ahead is of before the clock was set back: who lives beats by the new one.
      return Math.abs(clock.now().getTime() - statSync(file).mtimeMs) < SILENCE_MS;
    } catch {
      return false;
    }
  }
  try {
    process.kill(owner.pid, 0);
  } catch (error) {
    // EPERM: it lives, and is somebody else's.
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  const started = startOf(owner.pid);
  return started === null || owner.started === null || started === owner.started;
}

/** Start time in clock ticks since boot, with the boot; null where /proc is not. */
function startOf(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name in parentheses may hold spaces; the 22nd field counts from after it.
    const ticks = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()}:${ticks}`;
  } catch {
    return null;
  }
}

function lockedBy(owner: Owner, directory: string): AdloomError {
  const who = owner.pid === process.pid ? 'this process has it open already' : `process ${owner.pid} on ${owner.host} has it open`;
  return new AdloomError('STORE_LOCKED', `The embedded database in ${directory} is in use: ${who}.`, {
    hint: 'Stop that process, or give this one another data directory or a DATABASE_URL.',
  });
}
