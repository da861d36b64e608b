import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { checkCopy, guardContextOf, isBlocked } from '../../../src/domain/guard/check-copy';
import { guardKnowledge } from '../../../src/modules/generation/guard-knowledge';

const product = { name: 'Alba', brand: null, description: null, features: [], offers: [], price: null, url: null };
const voice = { tone: 'PLAIN', bannedWords: [], requiredDisclaimer: null } as const;
const passes = async (directory: string, headline: string): Promise<boolean> => {
  const context = guardContextOf({ vertical: 'ECOMMERCE', product, voice }, { strict: true, ...(await guardKnowledge(directory)) });
  return !isBlocked(checkCopy({ headline, body: null, callToAction: null }, context));
};

test('a writer of the hub, which brings no corpus, is held to the words of the shipped one: no foreign name gets by, wherever it stands', async () => {
  expect(await passes('gpt2', 'Alba, made for the long way')).toBe(true);
  expect(await passes('gpt2', 'Nikolai makes the long way')).toBe(false);
  expect(await passes('gpt2', 'Made by nikolai for you')).toBe(false);
  expect((await guardKnowledge('gpt2')).memorised).toBeNull();
});

test('a writer with a corpus of its own brings its own words', async () => {
  const directory = mkdtempSync(path.join(os.tmpdir(), 'adloom-own-corpus-'));
  mkdirSync(path.join(directory, 'corpus'));
  writeFileSync(path.join(directory, 'corpus', 'ecommerce.txt'), '@ interest=none | tone=plain\nH Gribble the wobbly snarf\n');
  try {
    expect(await passes(directory, 'Snarf the gribble')).toBe(true);
    expect(await passes(directory, 'Mud is part of the plan')).toBe(false);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
});
