import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { runEvaluation } from '../../../src/modules/training/eval-verb';

test('an evaluation that is interrupted ends as CANCELLED, before the model is opened', async () => {
  const data = mkdtempSync(path.join(os.tmpdir(), 'adloom-eval-'));
  const table = (name: string, text: string): void => {
    mkdirSync(path.dirname(path.join(data, name)), { recursive: true });
    writeFileSync(path.join(data, name), text);
  };
  table('upworthy/train.csv', 'clickability_test_id,eyecatcher_id,headline,lede,impressions,clicks\nt,e,Kites,,10,1\n');
  table('games/items.csv', 'item_id,title\n1,Chess\n');
  table('games/sequences.csv', 'user_id,history,next_item\nu,1,1\n');
  table('news/clicks.csv', 'user_id,title,click\nu,Kites,1\n');
  const stop = new AbortController();
  try {
    const evaluation = runEvaluation({ data, model: '/no/such/model' }, { note: () => stop.abort(), signal: stop.signal });
    await expect(evaluation).rejects.toMatchObject({ code: 'CANCELLED' });
  } finally {
    rmSync(data, { recursive: true, force: true });
  }
});
