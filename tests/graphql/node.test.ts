import { NodeDocument } from '../generated/operations';
import { makeCampaign, makeCreatives, makePerson } from '../support/scenes';
import { openTestApp, type TestApp } from '../support/test-app';

let t: TestApp;
beforeAll(async () => {
  t = await openTestApp();
});
afterAll(() => t.close());

describe('node', () => {
  test('finds anything by its id, with its type', async () => {
    const campaignId = await makeCampaign(t);
    const [creativeId] = await makeCreatives(t, campaignId, ['Follow the ridge']);
    const person = await makePerson(t, []);
    const { data } = await t.send('query ($c: ID!) { rankCreatives(campaignId: $c) { predictions { id modelVersion { id } } } }', { c: campaignId });
    const [prediction] = (data as unknown as { rankCreatives: { predictions: { id: string; modelVersion: { id: string } }[] } }).rankCreatives.predictions;
    const types = new Map([
      [campaignId, 'Campaign'], [creativeId!, 'Creative'], [person.id, 'Profile'],
      [prediction!.id, 'Prediction'], [prediction!.modelVersion.id, 'ModelVersion'],
    ]);
    for (const [id, type] of types) expect((await t.run(NodeDocument, { id })).node).toMatchObject({ __typename: type, id });
  });

  test('is null for an id of ours that names nothing, and refuses what is no id', async () => {
    const gone = Buffer.from('Creative:01890000-0000-7000-8000-000000000000').toString('base64url');
    expect((await t.run(NodeDocument, { id: gone })).node).toBeNull();
    for (const id of ['', 'nonsense', Buffer.from('Secret:01890000-0000-7000-8000-000000000000').toString('base64url'), '\u0000', 'a'.repeat(5_000)]) {
      const { errors } = await t.send('query ($id: ID!) { node(id: $id) { id } }', { id });
      expect(errors).toMatchObject([{ extensions: { code: 'BAD_INPUT', field: 'id' } }]);
    }
  });
});
