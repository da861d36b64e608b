import type { FastifyRequest } from 'fastify';
import { AdloomError } from '../base/errors';

/**
 * Refuses requests that another site made a browser send. Browsers say where a request comes from (`Sec-Fetch-Site`, `Origin`);
 * programs send neither and pass. Origins that are allowed by configuration pass too.
 */
export function refuseCrossSite(request: FastifyRequest, allowedOrigins: readonly string[]): void {
  const { origin } = request.headers;
  const site = request.headers['sec-fetch-site'];
  if (origin !== undefined) {
    if (origin === `${request.protocol}://${request.host}` || allowedOrigins.includes(origin)) return;
    throw crossSite(`the origin ${origin.slice(0, 200)}`);
  }
  if (site === 'cross-site' || site === 'same-site') throw crossSite('another site');
}

function crossSite(from: string): AdloomError {
  return new AdloomError('FORBIDDEN', `A browser sent this request on behalf of ${from}.`, {
    hint: 'Add the origin to ADLOOM_ALLOWED_ORIGINS when it is yours.',
  });
}
