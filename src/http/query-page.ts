import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { toGlobalId } from '../graphql/relay/global-id';
import { listCreatives } from '../modules/creatives/read-creatives';
import { listDecisions } from '../modules/delivery/read-decisions';
import type { Dependencies } from '../modules/dependencies';
import { generationJobsByCampaignIds } from '../modules/generation/read-generation-jobs';
import { listProfiles } from '../modules/profiles/read-profiles';

const ROOT = path.resolve(__dirname, '..', '..');
/** Made from the npm package by the set-up; see scripts/graphiql.mjs. */
const ASSETS = path.join(ROOT, 'dist', 'graphiql');
const OPERATIONS = path.join(ROOT, 'schema', 'operations');

/** A browser that opens the address, as opposed to a program that asks by GET. */
export function wantsPage(request: FastifyRequest): boolean {
  if (request.method !== 'GET' || request.url.includes('query=')) return false;
  return (request.headers.accept ?? '').includes('text/html') && request.headers.upgrade === undefined;
}

/** Serves GraphiQL and its parts from this machine alone. Returns what answers with the page. */
export async function mountQueryPage(app: FastifyInstance, deps: Dependencies): Promise<(reply: FastifyReply) => Promise<FastifyReply>> {
  if (existsSync(ASSETS)) {
    await app.register(fastifyStatic, { root: ASSETS, prefix: '/graphiql/', decorateReply: false, cacheControl: true, maxAge: '1h' });
  }
  const answer = async (reply: FastifyReply): Promise<FastifyReply> =>
    reply
      .type('text/html; charset=utf-8')
      .header('content-security-policy', policy(reply.request.headers.host))
      .header('x-content-type-options', 'nosniff')
      .header('referrer-policy', 'no-referrer')
      .send(page(await exampleIds(deps)));
  app.get('/', (_request, reply) => reply.redirect('/graphql'));
  app.get('/graphiql', (_request, reply) => answer(reply));
  return answer;
}

/** The editor makes styles as it goes; everything else comes from here. Not every browser takes 'self' to cover sockets: they are named. */
function policy(host: string | undefined): string {
  const sockets = host && /^[\w.:[\]-]+$/.test(host) ? ` ws://${host} wss://${host}` : '';
  return `default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; worker-src 'self' blob:; connect-src 'self'${sockets}; frame-ancestors 'none'`;
}

function page(ids: ReadonlyMap<string, string>): string {
  const operations = exampleOperations().map((each) => ({
    ...each,
    variables: each.variables.replace(/<(\w+)>/g, (whole, name: string) => ids.get(name) ?? whole),
  }));
  const examples = JSON.stringify(operations).replaceAll('<', '\\u003c');
  // Browsers keep tabs by address, and kept tabs hide the examples: those of another program on this port, or of a database since
  // replaced, must not come back.
  const memory = `adloom-${ids.get('campaign') ?? 'empty'}`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Adloom</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/graphiql/index.css">
</head>
<body>
<div id="graphiql" data-memory="${memory}">Loading the query page. Programs send GraphQL to this address by POST.</div>
<script type="application/json" id="operations">${examples}</script>
<script type="module" src="/graphiql/index.js"></script>
</body>
</html>
`;
}

/** Ids for the places that the examples leave open, so that they run as they stand; none where the store is empty or away. */
async function exampleIds(deps: Dependencies): Promise<ReadonlyMap<string, string>> {
  try {
    const [creatives, profiles] = await Promise.all([
      listCreatives(deps, { filter: { statuses: ['APPROVED'] }, page: { first: 1, sort: { field: 'CREATED_AT', direction: 'ASC' } } }),
      listProfiles(deps, { filter: { consent: { personalisation: true } }, page: { first: 1, sort: { field: 'CREATED_AT', direction: 'ASC' } } }),
    ]);
    const creative = creatives.edges[0]?.node;
    const profile = profiles.edges[0]?.node;
    const jobs = creative && (await generationJobsByCampaignIds(deps, { campaignIds: [creative.campaignId], limit: 1 })).get(creative.campaignId);
    const decision = (await listDecisions(deps, { filter: {}, page: { first: 1 } })).edges[0]?.node;
    return new Map([
      ...(creative ? [['creative', toGlobalId('Creative', creative.id)], ['campaign', toGlobalId('Campaign', creative.campaignId)]] as const : []),
      ...(jobs?.[0] ? [['job', toGlobalId('GenerationJob', jobs[0].id)]] as const : []),
      ...(decision ? [['decision', toGlobalId('Decision', decision.id)]] as const : []),
      ...(profile ? [['profile', toGlobalId('Profile', profile.id)]] as const : []),
    ]);
  } catch {
    return new Map();
  }
}

/** The committed examples, in the order of their file names. */
export function exampleOperations(): { name: string; query: string; variables: string }[] {
  if (!existsSync(OPERATIONS)) return [];
  return readdirSync(OPERATIONS)
    .filter((name) => name.endsWith('.graphql'))
    .toSorted()
    .map((name) => {
      const variables = path.join(OPERATIONS, name.replace(/\.graphql$/, '.variables.json'));
      return {
        name: name.replace(/\.graphql$/, ''),
        query: readFileSync(path.join(OPERATIONS, name), 'utf8'),
        variables: existsSync(variables) ? readFileSync(variables, 'utf8') : '',
      };
    });
}
