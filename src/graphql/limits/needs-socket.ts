import { GraphQLError } from 'graphql';

/** A subscription that came where one answer is all that there can be. */
export function needsSocket(): GraphQLError {
  return new GraphQLError('A subscription was sent over HTTP; it needs a WebSocket.', {
    extensions: { code: 'BAD_REQUEST', hint: 'Send it over graphql-transport-ws to the same address; the npm package graphql-ws is a client.', http: { status: 400 } },
  });
}
