import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { readCsv } from '../../../src/modules/training/read-csv';

let folder: string;
beforeAll(() => (folder = mkdtempSync(path.join(os.tmpdir(), 'adloom-csv-'))));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const read = (text: string): Promise<unknown> => {
  const file = path.join(folder, 'table.csv');
  writeFileSync(file, text);
  return readCsv(file, ['title', 'clicks']).catch((error: Error & { code: string }) => `${error.code}: ${error.message.replace(folder, '')}`);
};

test('reads the named columns of every row', async () => {
  expect(await read('\ufefftitle,other,clicks\n"Kites, and wind",x,3\nMud,y,4\n')).toEqual([{ title: 'Kites, and wind', clicks: '3' }, { title: 'Mud', clicks: '4' }]);
});

test.each([
  ['a missing column', 'title,other\nMud,1\n', 'BAD_INPUT: /table.csv needs a column clicks; it has title, other.'],
  ['a short row', 'title,clicks\nMud,1\nRain\n', 'BAD_INPUT: /table.csv is not valid CSV: line 3: 1 cells where the first line names 2 columns.'],
  ['an open quotation mark', 'title,clicks\n"Mud,1\n', 'BAD_INPUT: /table.csv is not valid CSV: line 2: a quotation mark is opened and never closed.'],
  ['an empty file', '', 'BAD_INPUT: /table.csv is not valid CSV: The file is empty: a CSV file begins with a line of column names.'],
])('%s is an error that names the file and the place, for figures must not rest on half a table', async (_what, text, expected) => {
  expect(await read(text)).toBe(expected);
});

test('a file that is not there says where the data sets go', async () => {
  await expect(readCsv(path.join(folder, 'none.csv'), [])).rejects.toMatchObject({ code: 'BAD_INPUT', hint: 'Give the folder that holds the data sets.' });
});
