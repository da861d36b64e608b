import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import path from 'node:path';
import { systemClock } from '../../src/base/clock';
import { silentLogger } from '../../src/base/logger';
import { workerEntry } from '../../src/base/worker-entry';
import { LOCK_FILE } from '../../src/store/database/directory-lock';
import { openStore } from '../../src/store/open-store';
import { aCampaign, aProfile } from '../support/entities';
import { freshDataDir, testIds } from '../support/embedded-store';

// Generous: several of these start processes, which takes long on a busy machine.
jest.setTimeout(180_000);

const open = (dataDir: string) => openStore({ dataDir, clock: systemClock, ids: testIds, logger: silentLogger });
const ROOT = path.resolve(__dirname, '..', '..');

/** A process of its own that opens the directory, prints what its script prints, and stays until it is killed. */
function otherProcess(dataDir: string, script: string): { pid: number; output: Promise<string>; kill(): Promise<void> } {
  const from = (name: string) => JSON.stringify(workerEntry(path.join(ROOT, 'src', path.dirname(name)), path.basename(name)));
  const code = `
    const { openStore } = require(${from('store/open-store')});
    const { systemClock: clock } = require(${from('base/clock')});
    const { uuidv7Source } = require(${from('base/ids')});
    const { silentLogger: logger } = require(${from('base/logger')});
    setInterval(() => {}, 1000);
    openStore({ dataDir: ${JSON.stringify(dataDir)}, clock, ids: uuidv7Source(clock), logger }).then(async (store) => { ${script} }, (error) => console.log(error.code));`;
  const child = spawn(process.execPath, ['-e', code], { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  return {
    pid: child.pid!,
    output: new Promise((resolve) => child.stdout.once('data', (bytes: Buffer) => resolve(bytes.toString().trim()))),
    async kill() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}

describe('the embedded database', () => {
  let dataDir: string;
  beforeEach(async () => {
    dataDir = await freshDataDir();
  });
  afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

  (process.platform === 'linux' ? test : test.skip)('refuses a directory that cannot be made, where Node would try for ever', async () => {
    await expect(open('/proc/adloom/data')).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
  });

  test('is refused while this process has it open; keeps what it was given over a restart, and says where it is', async () => {
    const first = await open(dataDir);
    await expect(open(dataDir)).rejects.toMatchObject({ code: 'STORE_LOCKED', message: expect.stringContaining('this process'), hint: expect.any(String) });
    const campaign = aCampaign(first.defaultAdvertiserId);
    await first.campaigns.insert(campaign);
    await first.close();
    expect(existsSync(path.join(dataDir, LOCK_FILE))).toBe(false);
    const second = await open(dataDir);
    expect(second.defaultAdvertiserId).toBe(first.defaultAdvertiserId);
    expect(await second.campaigns.byIds(second.defaultAdvertiserId, [campaign.id])).toEqual([campaign]);
    expect(second.describe()).toEqual({ kind: 'embedded', detail: `PostgreSQL 17.5 embedded, in ${dataDir}` });
    await second.close();
  });

  test('is refused while another process has it, and taken over when that one was killed, with all it had committed', async () => {
    const other = otherProcess(dataDir, `
      const now = new Date();
      const profile = (id) => ({ id, advertiserId: store.defaultAdvertiserId, externalId: id, consent: {}, attributes: {}, interests: [], segments: [], recentItems: [], profileText: '', version: 1, createdAt: now, updatedAt: now });
      const row = profile('${testIds.next()}');
      row.consent = { personalisation: true, training: true, measurement: true };
      await store.profiles.ensureMany([row]);
      console.log('committed');`);
    try {
      expect(await other.output).toBe('committed');
      await expect(open(dataDir)).rejects.toMatchObject({ code: 'STORE_LOCKED', message: expect.stringContaining(`process ${other.pid} on ${hostname()}`) });
    } finally {
      await other.kill();
    }
    const store = await open(dataDir);
    expect(await store.profiles.count(store.defaultAdvertiserId, {})).toBe(1);
    await store.close();
  });

  test('of another PostgreSQL is refused, saying which', async () => {
    writeFileSync(path.join(dataDir, 'postgres', 'PG_VERSION'), '18\n');
    await expect(open(dataDir)).rejects.toMatchObject({ code: 'STORE_NEWER', message: expect.stringContaining('PostgreSQL 18') });
    expect(readdirSync(dataDir)).toEqual(['postgres']);
  });

  test('with damaged files says so, and lets go of the directory', async () => {
    rmSync(path.join(dataDir, 'postgres', 'global'), { recursive: true });
    await expect(open(dataDir)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE', hint: expect.stringContaining('restore') });
    expect(existsSync(path.join(dataDir, LOCK_FILE))).toBe(false);
  });

  test('in a directory that is a file is refused', async () => {
    const file = path.join(dataDir, 'a-file');
    writeFileSync(file, '');
    await expect(open(file)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    await expect(open(path.join(file, 'below'))).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
  });

  test('begins anew over a first start that was killed half-way', async () => {
    const fresh = mkdtempSync(path.join(tmpdir(), 'adloom-test-'));
    mkdirSync(path.join(fresh, 'postgres.new'));
    writeFileSync(path.join(fresh, 'postgres.new', 'PG_VERSION'), '17\n');
    const store = await open(fresh);
    expect(await store.campaigns.count(store.defaultAdvertiserId, {})).toBe(0);
    await store.close();
    expect(readdirSync(fresh)).toEqual(['postgres']);
    rmSync(fresh, { recursive: true });
  });

  test('closing waits for what is in flight; later calls are told', async () => {
    const store = await open(dataDir);
    const campaign = aCampaign(store.defaultAdvertiserId);
    const inFlight = store.transaction(async (tx) => {
      await tx.campaigns.insert(campaign);
      await tx.campaigns.update({ ...campaign, name: 'Finished' }, 1);
    });
    const closed = store.close();
    await expect(store.campaigns.count(store.defaultAdvertiserId, {})).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE', message: 'The store is closed.' });
    await expect(store.transaction(async () => {})).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    await Promise.all([inFlight, closed, store.close()]);
    const again = await open(dataDir);
    expect(await again.campaigns.byIds(again.defaultAdvertiserId, [campaign.id])).toMatchObject([{ name: 'Finished' }]);
    await again.close();
  });

  test('leaves the main thread free while it works', async () => {
    const store = await open(dataDir);
    const profiles = Array.from({ length: 2_000 }, () => aProfile(store.defaultAdvertiserId, { profileText: 'x'.repeat(500) }));
    let worst = 0;
    let last = performance.now();
    const timer = setInterval(() => {
      const now = performance.now();
      worst = Math.max(worst, now - last);
      last = now;
    }, 1);
    const started = performance.now();
    // A statement that costs the database far more than the way there and back.
    await Promise.all([store.profiles.ensureMany(profiles), store.profiles.ensureMany(profiles.slice(0, 500))]);
    const took = performance.now() - started;
    clearInterval(timer);
    await store.close();
    expect(worst).toBeLessThan(took);
  });
});

describe('on a full disk', () => {
  const mount = mkdtempSync(path.join(tmpdir(), 'adloom-test-full-'));
  const mounted = (size: string) => spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', mount]).status === 0;
  const unmount = () => spawnSync('umount', ['-l', mount]);
  const possible = process.platform === 'linux' && mounted('1m');
  if (possible) unmount();
  else process.stderr.write('skipped on a full disk: this user may not mount a small file system\n');
  afterAll(() => rmSync(mount, { recursive: true, force: true }));
  afterEach(unmount);

  (possible ? test : test.skip)('a first start says so and gives the space back', async () => {
    mounted('12m');
    await expect(open(path.join(mount, 'data'))).rejects.toMatchObject({ code: 'DISK_FULL', hint: expect.stringContaining('Free space') });
    expect(readdirSync(path.join(mount, 'data'))).toEqual([]);
  });

  (possible ? test : test.skip)('a batch is refused whole; everything goes on when there is space again', async () => {
    mounted('62m');
    const template = await freshDataDir();
    spawnSync('cp', ['-r', `${template}/.`, path.join(mount, 'data')]);
    rmSync(template, { recursive: true });
    const store = await open(path.join(mount, 'data'));
    const batch = () => Array.from({ length: 1_000 }, () => aProfile(store.defaultAdvertiserId, { profileText: randomBytes(1_500).toString('base64') }));
    let stored = 0;
    // Random, so that PostgreSQL cannot make it smaller.
    const refusal: unknown = await (async () => {
      for (; stored < 50_000; stored += 1_000) await store.profiles.ensureMany(batch());
    })().catch((error: unknown) => error);
    expect(refusal).toMatchObject({ code: 'DISK_FULL', hint: expect.stringContaining('Free space') });
    // PostgreSQL may have stopped because it could not write its log: then even reading has to wait for space, and says so.
    const count = await store.profiles.count(store.defaultAdvertiserId, {}).catch((error: unknown) => error);
    if (count !== stored) expect(count).toMatchObject({ code: 'DISK_FULL', hint: expect.stringContaining('Free space') });
    spawnSync('mount', ['-o', 'remount,size=200m', mount]);
    await store.profiles.ensureMany(batch());
    expect(await store.profiles.count(store.defaultAdvertiserId, {})).toBe(stored + 1_000);
    await store.close();
  });
});
