import { loadConfig, PROJECT_ROOT, SETTINGS } from '../../src/main/config';
import { readFileSync } from 'node:fs';
import path from 'node:path';

describe('the configuration', () => {
  test('works with nothing set', () => {
    expect(loadConfig({})).toMatchObject({
      port: 4000,
      host: '127.0.0.1',
      dataDir: path.join(PROJECT_ROOT, '.data'),
      ctrModel: { reference: path.join(PROJECT_ROOT, 'models', 'ctr'), required: false },
      demo: true,
      logLevel: 'info',
    });
  });

  test('a model that is named must be there, and none is a choice', () => {
    expect(loadConfig({ ADLOOM_CTR_MODEL: '/my/model', ADLOOM_WRITER_MODEL: 'none' })).toMatchObject({
      ctrModel: { reference: '/my/model', required: true },
      writerModel: null,
    });
  });

  test('what a command says comes before the environment', () => {
    expect(loadConfig({ PORT: '5000' }, { port: 6000 }).port).toBe(6000);
  });

  test('knows the default of every setting that it names', () => {
    const defaults = Object.fromEntries(SETTINGS.map((setting) => [setting.name, setting.default]));
    const spoken = loadConfig({ ...defaults, ADLOOM_CTR_MODEL: undefined, ADLOOM_WRITER_MODEL: undefined });
    expect(spoken).toEqual(loadConfig({}));
  });

  test('says in its help what each setting may be, and the README has every setting with its default', () => {
    const readme = readFileSync(path.join(PROJECT_ROOT, 'README.md'), 'utf8');
    for (const { name, default: standard, text } of SETTINGS) {
      let hint = '';
      try {
        loadConfig({ [name]: '?' });
      } catch (error) {
        hint = (error as { hint?: string }).hint ?? '';
      }
      const choices = /^It must be one of: (.*)\.$/.exec(hint)?.[1]?.split(', ').filter((choice) => !['true', 'false', '1', '0'].includes(choice)) ?? [];
      for (const choice of choices) expect(`${name}: ${text}`).toMatch(new RegExp(`\\b${choice}\\b`));
      const row = readme.split('\n').find((line) => new RegExp(`^\\| [A-Z_, ]*\\b${name}\\b`).test(line));
      expect([name, row?.includes(standard)]).toEqual([name, true]);
    }
  });
});
