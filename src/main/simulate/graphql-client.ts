import { AdloomError } from '../../base/errors';

export interface GraphQLClient {
  /** @throws INTERNAL with what the server said, GraphQL errors and user errors alike */
  run<Data>(query: string, variables: Readonly<Record<string, unknown>>): Promise<Data>;
}

interface Answer<Data> {
  readonly data?: Data | null;
  readonly errors?: readonly { readonly message: string }[];
}

/** Runs operations over HTTP. An operation that was refused is a fault of the caller's, and ends the run. */
export function graphqlClient(url: string): GraphQLClient {
  return {
    async run<Data>(query: string, variables: Readonly<Record<string, unknown>>) {
      const response = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ query, variables }) });
      const { data, errors } = (await response.json()) as Answer<Data>;
      const refused = errors ?? userErrors(data);
      if (!data || refused.length > 0) throw new AdloomError('INTERNAL', `The platform refused an operation: ${refused.map(({ message }) => message).join(' ') || response.statusText}`);
      return data;
    },
  };
}

function userErrors(data: unknown): readonly { readonly message: string }[] {
  return Object.values((data ?? {}) as Record<string, { userErrors?: { message: string }[] } | null>).flatMap((payload) => payload?.userErrors ?? []);
}
