import { createSession } from '../../../src/ml/runtime/session';
import { inWorker } from '../../support/in-worker';

describe('a model session', () => {
  it('refuses to live on the main thread, which it would block', async () => {
    await expect(createSession(new Uint8Array())).rejects.toMatchObject({ code: 'INTERNAL', message: 'A model session was opened on the main thread. This is a bug in Adloom.' });
  });

  it('says by code what it cannot open or run', async () => {
    expect(await inWorker('session-refusals')).toEqual({
      bytes: expect.stringMatching(/^MODEL_INVALID The runtime refused the graph: /),
      operator: expect.stringMatching(/^MODEL_INVALID The runtime refused the graph: .*Nonsense/),
      missingInput: expect.stringMatching(/^MODEL_INVALID The graph failed while it ran: .*x/),
      shape: expect.stringMatching(/^MODEL_INVALID The graph failed while it ran: /),
      names: [['x'], ['y']],
      result: [2, 4, 6],
    });
  });
});
