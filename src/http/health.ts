import type { FastifyInstance } from 'fastify';
import { isAdloomError, messageOf } from '../base/errors';
import type { Dependencies } from '../modules/dependencies';

/** `/healthz`: the process answers. `/readyz`: it can do its work, or says what it waits for. */
export function mountHealth(app: FastifyInstance, deps: Dependencies, isClosing: () => boolean): void {
  app.get('/healthz', (_request, reply) => reply.header('cache-control', 'no-store').send({ status: 'ok' }));

  app.get('/readyz', async (_request, reply) => {
    const database = await deps.store.ping().then(() => 'ok', (error: unknown) => (isAdloomError(error) ? error.publicMessage : undefined) ?? messageOf(error));
    const ready = database === 'ok' && !isClosing();
    return reply
      .code(ready ? 200 : 503)
      .header('cache-control', 'no-store')
      .send({
        status: isClosing() ? 'closing' : ready ? 'ready' : 'not ready',
        database,
        models: {
          classifier: deps.modelVersionIds.classifier === null ? 'absent' : 'ok',
          writer: deps.modelVersionIds.writer === null ? 'absent' : 'ok',
        },
        // Queue, batches, refusals and times of the classifier; absent where no model keeps count.
        classifierLoad: deps.scorer.stats?.(),
        pendingPredictions: deps.predictions.pending(),
      });
  });
}
