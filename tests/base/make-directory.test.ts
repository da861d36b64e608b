import { mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { makeDirectory, requireWritable } from '../../src/base/make-directory';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'adloom-directory-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));
const onLinux = process.platform === 'linux' ? test : test.skip;

test('a directory is made with those above it, by as many as want it at once, and one that is there stays', async () => {
  const deep = path.join(folder, 'a', 'b', 'c');
  await Promise.all(Array.from({ length: 8 }, () => makeDirectory(deep)));
  writeFileSync(path.join(deep, 'kept'), '');
  await makeDirectory(deep);
  expect(readdirSync(deep)).toEqual(['kept']);
});

test.each([
  ['below a file', (at: string) => { writeFileSync(at, ''); return path.join(at, 'below'); }],
  ['where a file stands', (at: string) => { writeFileSync(at, ''); return at; }],
  ['where a link leads nowhere', (at: string) => { symlinkSync(path.join(at, 'nowhere'), at); return path.join(at, 'below'); }],
])('one that cannot be made, %s, is refused by its name', async (_, prepare) => {
  await expect(makeDirectory(prepare(path.join(folder, 'at')))).rejects.toMatchObject({ code: 'BAD_INPUT', message: expect.stringContaining('cannot be written'), hint: expect.any(String) });
});

onLinux('one that cannot be made where Node would try for ever is refused', async () => {
  await expect(makeDirectory('/proc/adloom/deep')).rejects.toMatchObject({ code: 'BAD_INPUT' });
});

onLinux('one that takes no file, there or not, is no place for results', async () => {
  for (const directory of ['/proc', '/proc/adloom/deep']) await expect(requireWritable(directory)).rejects.toMatchObject({ code: 'BAD_INPUT', message: expect.stringContaining(`${directory} cannot be written`) });
});

test('below a file is no place for results', async () => {
  const file = path.join(folder, 'file');
  writeFileSync(file, '');
  await expect(requireWritable(path.join(file, 'below'))).rejects.toMatchObject({ code: 'BAD_INPUT' });
});

test('finding out whether a directory can be written leaves nothing behind, there or not', async () => {
  await requireWritable(folder);
  await requireWritable(path.join(folder, 'new', 'deep'));
  expect(readdirSync(folder)).toEqual([]);
});
