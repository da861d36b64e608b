/** The worker thread behind `open-retriever.ts`: the index, and the towers that make its queries. It never runs a model. */
import { readFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { workerData } from 'node:worker_threads';
import { badInput } from '../../base/errors';
import { hash32 } from '../../base/rng';
import { serveWorker } from '../runtime/rpc';
import { parseCalibration, UNCALIBRATED } from '../serve/calibration';
import { openTextTower, personalScores } from './text-tower';
import type { SearchReply, SearchRequest, TextRows } from './types';
import { VectorIndex } from './vector-index';

export interface IndexWorkerData {
  directory: string;
  capacity: number;
}

export interface IndexReady {
  /** Numbers of a tower's vector. */
  width: number;
}

export type IndexCall =
  | { op: 'texts'; texts: readonly string[] }
  | { op: 'personal'; prefix: string; texts: readonly string[] }
  | { op: 'put'; rows: TextRows }
  | { op: 'remove'; keys: readonly string[] }
  | { op: 'top'; request: SearchRequest };

export interface IndexReply {
  vectors?: Float32Array;
  search?: SearchReply;
  searchMs?: number;
  /** In the index, after the call. */
  rows: number;
}

/** 53 bits of a text. */
const printOf = (text: string): number => hash32(text) * 2 ** 21 + (hash32(text, 1) >>> 11);

serveWorker<IndexReady, IndexCall, IndexReply>(async () => {
  const { directory, capacity } = workerData as IndexWorkerData;
  const tower = await openTextTower(directory);
  const file = path.join(directory, 'calibration.json');
  const calibration = existsSync(file) ? parseCalibration(await readFile(file, 'utf8')) : UNCALIBRATED;
  const { width } = tower;
  const near = tower.near ?? undefined;
  const index = new VectorIndex({ dimensions: width + 2, capacity });

  /** See `embed-texts.ts` for what the last two numbers of a row are. */
  const queryOf = (prefix: string): Float32Array => {
    const query = new Float32Array(width + 2);
    if (prefix === '') query[width + 1] = 1;
    else {
      query.set(tower.prefixes([prefix]));
      query[width] = 1;
    }
    return query;
  };

  const answer = (call: IndexCall): Omit<IndexReply, 'rows'> => {
    if (call.op === 'texts') return { vectors: tower.texts(call.texts) };
    if (call.op === 'personal') return { vectors: personalScores(tower, call.prefix, call.texts) };
    if (call.op === 'top') {
      const { prefix, ...rest } = call.request;
      const started = performance.now();
      const search = index.top({ query: queryOf(prefix), sparse: near && { items: near.items(prefix), gain: near.gain }, calibration: prefix === '' ? calibration.withoutPrefix : calibration.withPrefix, ...rest });
      return { search, searchMs: performance.now() - started };
    }
    if (call.op === 'put') {
      const { texts } = call.rows;
      if (texts.length !== call.rows.keys.length) throw badInput('rows', `Each of the ${call.rows.keys.length} rows needs its text; there are ${texts.length}.`);
      index.put(call.rows, near && { prints: texts.map(printOf), of: (row) => near.text(texts[row]!) });
    } else index.remove(call.keys);
    return {};
  };
  return { ready: { width }, handle: (call) => Promise.resolve({ ...answer(call), rows: index.rows }) };
});
