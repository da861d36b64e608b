import { loadConfig, PROJECT_ROOT, SETTINGS } from '../../src/main/config';
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
});
