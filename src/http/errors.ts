import type { FastifyError, FastifyInstance } from 'fastify';
import { type ErrorCode, isAdloomError } from '../base/errors';
import type { IdSource } from '../base/ids';
import type { Logger } from '../base/logger';
import { publicError } from '../graphql/errors/public-error';

const STATUS: Partial<Record<ErrorCode, number>> = {
  BAD_INPUT: 400,
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  CONFLICT: 409,
  TOO_LARGE: 413,
  OVERLOADED: 503,
  STORE_UNAVAILABLE: 503,
  MODEL_UNAVAILABLE: 503,
};

/** What goes wrong before GraphQL sees a request, in the shape that GraphQL clients read. */
export function mountErrors(app: FastifyInstance, options: { logger: Logger; ids: IdSource; maxBody: number }): void {
  const { logger, ids, maxBody } = options;
  app.setErrorHandler((error: FastifyError, _request, reply) => {
    const known = fastifyProblem(error, maxBody);
    if (known) return reply.code(known.status).send({ errors: [{ message: known.message, extensions: { code: known.code, hint: known.hint } }] });
    const status = isAdloomError(error) ? (STATUS[error.code] ?? 500) : 500;
    return reply.code(status).send({ errors: [publicError(error, { logger, newId: () => ids.next() }).toJSON()] });
  });
  app.setNotFoundHandler((request, reply) =>
    reply.code(404).send({
      errors: [{ message: `There is nothing at ${request.method} ${request.url.slice(0, 200)}.`, extensions: { code: 'NOT_FOUND', hint: 'GraphQL is at /graphql.' } }],
    }),
  );
}

function fastifyProblem(error: FastifyError, maxBody: number): { status: number; code: string; message: string; hint: string } | null {
  const { statusCode, code } = error;
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE' || statusCode === 413) {
    return { status: 413, code: 'TOO_LARGE', message: `The body is larger than ${maxBody} bytes.`, hint: 'Send smaller batches.' };
  }
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE' || statusCode === 415) {
    return { status: 415, code: 'BAD_REQUEST', message: 'The content type is not supported.', hint: 'Send application/json.' };
  }
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500) {
    return { status: statusCode, code: 'BAD_REQUEST', message: `The request could not be read: ${error.message}`, hint: 'Send a JSON object with the field query.' };
  }
  return null;
}
