import { gzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import { parseColumnMap, resolveColumns } from '../../../src/modules/imports/column-map';
import { htmlText } from '../../../src/modules/imports/html-text';
import { weekOf } from '../../../src/modules/imports/import-upworthy';
import { lineBatches, type Line } from '../../../src/modules/imports/lines';
import { parseTime } from '../../../src/modules/imports/row';
import { formatOf, rowBatches, type RawRow } from '../../../src/modules/imports/row-source';

/** The bytes of a text in pieces, as a pipe might deliver them. */
async function* pieces(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}
async function rowsOf(text: string | Buffer, format: 'csv' | 'jsonl' = 'csv', size = 7): Promise<RawRow[]> {
  const rows: RawRow[] = [];
  for await (const batch of rowBatches(pieces(Buffer.from(text), size), format)) rows.push(...batch);
  return rows;
}
const short = (rows: RawRow[]): unknown[] => rows.map((row) => [row.line, row.problem ?? Object.fromEntries(row.values)]);

describe('lines', () => {
  test('come out the same however the bytes are cut', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.string({ unit: 'grapheme' }).map((text) => text.replace(/[\r\n]/g, ''))), fc.integer({ min: 1, max: 12 }), async (texts, size) => {
        const found: Line[] = [];
        for await (const batch of lineBatches(pieces(Buffer.from(texts.map((text) => `${text}\r\n`).join('')), size))) found.push(...batch);
        expect(found.map(({ text }) => text)).toEqual(texts);
        expect(found.map(({ number }) => number)).toEqual(texts.map((_, index) => index + 1));
      }),
    );
  });

  test('a line that is too long or not UTF-8 costs itself alone', async () => {
    const bytes = Buffer.concat([Buffer.from('good\n'), Buffer.from([0xff, 0xfe, 0x0a]), Buffer.from(`${'x'.repeat(5000)}\nalso good`)]);
    for (const size of [1, 100, 100_000]) {
      const found: Line[] = [];
      for await (const batch of lineBatches(pieces(bytes, size), { maximumBytes: 1000 })) found.push(...batch);
      expect(found.map(({ number, text, problem }) => [number, text, problem?.slice(0, 20)])).toEqual([
        [1, 'good', undefined],
        [2, '', 'the line is not UTF-'],
        [3, '', 'the line is longer t'],
        [4, 'also good', undefined],
      ]);
    }
  });
});

describe('CSV', () => {
  const cell = fc.string({ unit: fc.constantFrom('a', 'b', ',', '"', '\n', ' ', 'é', "'") , maxLength: 8 });
  test('whatever is written by the rules is read back', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(cell, cell), { minLength: 1, maxLength: 12 }), fc.integer({ min: 1, max: 50 }), async (table, size) => {
        const quote = (text: string): string => `"${text.replaceAll('"', '""')}"`;
        const text = ['x,y', ...table.map((row) => row.map(quote).join(','))].join('\n');
        const rows = await rowsOf(text, 'csv', size);
        expect(rows.map((row) => [row.problem, row.values.get('x'), row.values.get('y')])).toEqual(table.map(([x, y]) => [null, x, y]));
      }),
    );
  });

  test('one broken row costs one row, with its line', async () => {
    const text = 'a,b\n1,2\n3\n4,5,6\n7,"x"y\n8,9\n10,say "hi\n11,12\n13,"open\n14,15\n16,17\n';
    expect(short(await rowsOf(text))).toEqual([
      [2, { a: '1', b: '2' }],
      [3, '1 cells where the first line names 2 columns'],
      [4, '3 cells where the first line names 2 columns'],
      [5, expect.stringContaining('Invalid Closing Quote')],
      [6, { a: '8', b: '9' }],
      [7, expect.stringMatching(/quot/i)],
      [8, { a: '11', b: '12' }],
      [9, 'a quotation mark is opened and never closed'],
      [10, { a: '14', b: '15' }],
      [11, { a: '16', b: '17' }],
    ]);
  });

  test('a byte order mark, CRLF, blank lines and cells of several lines are fine', async () => {
    expect(short(await rowsOf('\ufeffa,b\r\n\r\n1,"two\r\nlines"\r\n'))).toEqual([[3, { a: '1', b: 'two\nlines' }]]);
  });

  test('an empty file and repeated column names are refused with what to do', async () => {
    await expect(rowsOf('')).rejects.toMatchObject({ code: 'BAD_INPUT', field: 'line 1' });
    await expect(rowsOf('a,a\n1,2')).rejects.toMatchObject({ code: 'BAD_INPUT', message: expect.stringContaining('"a"') });
  });

  test('never fails, loses or repeats a line, whatever the bytes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.string({ unit: fc.constantFrom('a', ',', '"', '\n', '\r'), maxLength: 12 })), fc.integer({ min: 1, max: 9 }), async (parts, size) => {
        const rows = await rowsOf(`h,i\n${parts.join('\n')}`, 'csv', size);
        const lines = rows.map(({ line }) => line);
        expect(lines).toEqual([...lines].toSorted((a, b) => a - b));
        expect(new Set(lines).size).toBe(lines.length);
      }),
      { numRuns: 500 },
    );
  });
});

test('JSON lines: nested fields by path, bad lines by number', async () => {
  expect(short(await rowsOf('{"a":1,"consent":{"training":true}}\n\nnot json\n[1]\n{"b":null}', 'jsonl'))).toEqual([
    [1, { a: 1, 'consent.training': true }],
    [3, expect.stringContaining('not JSON')],
    [4, expect.stringContaining('not a JSON object')],
    [5, { b: null }],
  ]);
});

describe('column map', () => {
  const fields = [{ name: 'externalId', required: true }, { name: 'itemText', required: false }];
  test('finds columns by name whatever their style, or as told', () => {
    expect(resolveColumns(fields, {}, ['External ID', 'item_text'], 'csv')).toEqual(new Map([['externalId', 'External ID'], ['itemText', 'item_text']]));
    expect(resolveColumns(fields, parseColumnMap('externalId=user'), ['user'], 'csv')).toEqual(new Map([['externalId', 'user']]));
  });
  test.each([
    [() => parseColumnMap('externalId'), 'map'],
    [() => resolveColumns(fields, { nothing: 'x' }, ['x'], 'csv'), 'map'],
    [() => resolveColumns(fields, { externalId: 'y' }, ['x'], 'csv'), 'map'],
    [() => resolveColumns(fields, {}, ['x'], 'csv'), 'line 1'],
  ])('says what is wrong (%#)', (attempt, field) => expect(attempt).toThrow(expect.objectContaining({ code: 'BAD_INPUT', field })));
});

test('times: ISO with and without zone, epochs; no 30 February', () => {
  const moment = '2026-11-23T09:00:00.000Z';
  for (const text of ['2026-11-23T09:00:00Z', '2026-11-23 09:00', '2026-11-23T10:00:00+01:00', '2026-11-23T10:00:00+0100', '1795424400', '1795424400000', '2026-11-23 09:00:00 UTC']) {
    expect(parseTime(text)?.toISOString()).toBe(moment);
  }
  for (const text of ['', 'yesterday', '2026-02-30', '23/11/2026', '2026-13-01', '1', '9999-01-01']) expect(parseTime(text)).toBeNull();
  fc.assert(fc.property(fc.date({ min: new Date('1971-01-01'), max: new Date('2199-12-31'), noInvalidDate: true }), (date) => parseTime(date.toISOString())?.getTime() === date.getTime()));
});

test('weeks of the archive begin on Mondays, week 0 with the year', () => {
  expect(['201446', '201452', '201500', '201501', '201326', '2013', '201460'].map((text) => weekOf(text)?.toISOString().slice(0, 10))).toEqual([
    '2014-11-17', '2014-12-29', '2015-01-01', '2015-01-05', '2013-07-01', undefined, undefined,
  ]);
});

test('HTML becomes its words', () => {
  expect(htmlText('<p>Ada &amp; I&nbsp;ran.</p><p>5 &lt; 6<br/>so<em>ft</em></p><script>x()</script>')).toBe('Ada & I ran. 5 < 6 soft');
  expect(htmlText('&#x1F600;&#0;&bogus; a < b')).toBe('😀&bogus; a < b');
});

describe('files come in many forms', () => {
  test.each([
    ['semicolons', 'user;item\nann;"tea; green"\n'],
    ['tabs', 'user\titem\nann\ttea; green\n'],
    ['commas, with others in a quoted name', '"user",item\nann,tea; green\n'],
  ])('%s between cells are told by the line of column names', async (_, text) => {
    expect(short(await rowsOf(text))).toEqual([[2, { user: 'ann', item: 'tea; green' }]]);
  });

  test('what is packed with gzip is unpacked, however its bytes are cut', async () => {
    const packed = gzipSync('user,item\nann,tea\nbo,cocoa\n');
    for (const size of [1, 7, 1_000]) expect(short(await rowsOf(packed, 'csv', size))).toEqual([[2, { user: 'ann', item: 'tea' }], [3, { user: 'bo', item: 'cocoa' }]]);
    expect(short(await rowsOf(gzipSync('{"user": "ann"}\n'), 'jsonl'))).toEqual([[1, { user: 'ann' }]]);
    await expect(rowsOf(packed.subarray(0, packed.length - 10))).rejects.toMatchObject({ code: 'BAD_INPUT', message: expect.stringContaining('packed with gzip') as string });
    expect([formatOf('events.csv.gz'), formatOf('events.ndjson.gz')]).toEqual(['csv', 'jsonl']);
  });
});
