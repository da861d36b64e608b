import { existsSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import path from 'node:path';
import { systemClock } from '../../src/base/clock';
import { LOCK_FILE, lockDirectory } from '../../src/store/database/directory-lock';

let directory: string;
let file: string;
beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'adloom-test-'));
  file = path.join(directory, LOCK_FILE);
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

test('a directory is locked until it is released, and nothing stays of it', () => {
  const lock = lockDirectory(directory, systemClock);
  expect(() => lockDirectory(directory, systemClock)).toThrow(expect.objectContaining({ code: 'STORE_LOCKED' }));
  expect(existsSync(file)).toBe(true);
  lock.release();
  lockDirectory(directory, systemClock).release();
  expect(readdirSync(directory)).toEqual([]);
});

test.each([
  ['of a process that is gone', { pid: 2 ** 22 + 1, host: hostname(), started: null }, 0],
  ['of a process id that was given again', { pid: process.pid, host: hostname(), started: 'another boot:1' }, 0],
  ['of another host that has fallen silent', { pid: 1, host: 'elsewhere', started: null }, 60_000],
  ['of another host that fell silent before the clock was set back', { pid: 1, host: 'elsewhere', started: null }, -86_400_000],
  ['that is no lock of ours', 'nonsense', 0],
])('a lock is taken over %s', (_what, owner, ageMs) => {
  writeFileSync(file, JSON.stringify(owner));
  utimesSync(file, new Date(Date.now() - ageMs), new Date(Date.now() - ageMs));
  lockDirectory(directory, systemClock).release();
  expect(readdirSync(directory)).toEqual([]);
});

test('the lock of another host that still beats is respected', () => {
  writeFileSync(file, JSON.stringify({ pid: 1, host: 'elsewhere', started: null }));
  expect(() => lockDirectory(directory, systemClock)).toThrow(expect.objectContaining({ code: 'STORE_LOCKED', message: expect.stringContaining('elsewhere') }));
});
