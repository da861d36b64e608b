import { loadConfig } from '../../src/main/config';

const wrong: Record<string, Record<string, string>> = {
  'a port that is no number': { PORT: 'http' },
  'a port that is none': { PORT: '70000' },
  'a database that is none': { DATABASE_URL: 'mysql://root:secret@host/db' },
  'a level that is none': { LOG_LEVEL: 'loud' },
  'threads of nothing': { ADLOOM_THREADS: '0' },
  'a device that is none': { ENGINE_DEVICE: 'tpu' },
  'a precision that is none': { ENGINE_PRECISION: 'int4' },
  'an origin with a path': { ADLOOM_ALLOWED_ORIGINS: 'https://ads.example/page' },
  'a body of nothing': { ADLOOM_MAX_BODY_BYTES: '12' },
  'a feed that forgets at once': { ADLOOM_FEED_DAYS: '0' },
  'a part of a day': { ADLOOM_RETRY_DAYS: '0.5' },
  'a choice that is none': { ADLOOM_DEMO: 'maybe' },
};

test('a wrong setting is told by its name, with what it should be, and without secrets', () => {
  const told = Object.fromEntries(
    Object.entries(wrong).map(([name, environment]) => {
      try {
        return [name, loadConfig(environment)];
      } catch (error) {
        const { code, field, message, hint } = error as { code: string; field: string; message: string; hint: string };
        return [name, `${code} ${field}: ${message} | ${hint}`];
      }
    }),
  );
  expect(JSON.stringify(told)).not.toContain('secret');
  expect(told).toMatchSnapshot();
});
