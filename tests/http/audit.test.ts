import { auditServer } from 'graphql-http';
import { openTestApp, type TestApp } from '../support/test-app';

let t: TestApp;
beforeAll(async () => {
  t = await openTestApp();
});
afterAll(() => t.close());

test('follows the GraphQL-over-HTTP specification in every point of its audit', async () => {
  const results = await auditServer({ url: t.url, fetchFn: fetch });
  const failed = results.filter(({ status }) => status !== 'ok');
  expect(failed.map(({ id, name, status }) => `${id} ${status}: ${name}`)).toEqual([]);
  expect(results).toHaveLength(61);
});
