/**
 * PGlite's `query` in one step where it takes six: it parses, describes and executes each time, every message a way into
 * WebAssembly of its own. Here a text is parsed once and kept under a name; from then on bind, execute and sync go as one message.
 * Values and rows are turned into each other by PGlite's own serializers and by the parsers that the caller brings.
 */
import { parse, protocol, type PGlite, type ParserOptions, type Results } from '@electric-sql/pglite';

const { serialize } = protocol;
const { RowDescriptionMessage, DataRowMessage, CommandCompleteMessage } = protocol.messages;

type Message = Awaited<ReturnType<PGlite['execProtocol']>>['messages'][number];
type Reader = (value: string, type: number) => unknown;

/** Rows are arrays. Nothing here waits its turn: whoever calls holds the session. */
export interface PreparedStatements {
  query(text: string, values: readonly unknown[], options: { readonly parsers: ParserOptions }): Promise<Results<unknown[]>>;
  /** After tables changed: a kept statement may answer in columns that are no longer there. */
  forget(): Promise<void>;
}

interface Prepared {
  readonly name: string;
  /** OIDs of the types of its parameters. */
  readonly types: readonly number[];
  readonly fields: Results['fields'];
  readonly readers: readonly (Reader | undefined)[];
}

/** Texts kept at once; the product has some two hundred. */
const KEPT = 400;

export function prepareStatements(database: Pick<PGlite, 'execProtocol' | 'parsers' | 'serializers'>): PreparedStatements {
  // In the order of their last use.
  const kept = new Map<string, Prepared>();
  let made = 0;

  const prepare = async (text: string, parsers: ParserOptions): Promise<Prepared> => {
    const name = `adloom_${++made}`;
    const described = await exchange(database, [serialize.parse({ name, text }), serialize.describe({ type: 'S', name })]);
    const columns = described.find((message) => message instanceof RowDescriptionMessage)?.fields ?? [];
    return {
      name,
      types: parse.parseDescribeStatementResults(described),
      fields: columns.map((column) => ({ name: column.name, dataTypeID: column.dataTypeID })),
      readers: columns.map(({ dataTypeID }) => parsers[dataTypeID] ?? database.parsers[dataTypeID]),
    };
  };
  /** Gives up the one that was not used for longest. */
  const makeRoom = async (): Promise<void> => {
    const [text, { name }] = kept.entries().next().value!;
    kept.delete(text);
    await exchange(database, [serialize.close({ type: 'S', name })]);
  };
  return {
    async query(text, values, { parsers }) {
      const statement = kept.get(text) ?? (await prepare(text, parsers));
      kept.delete(text);
      kept.set(text, statement);
      if (kept.size > KEPT) await makeRoom();
      const { name, types, fields, readers } = statement;
      const bound = serialize.bind({ statement: name, values: values.map((value, i) => written(value, database.serializers[types[i]!])) });
      const answered = await exchange(database, [bound, serialize.execute({})]);
      return { fields, ...rowsOf(answered, fields, readers) };
    },
    async forget() {
      kept.clear();
      await exchange(database, [serialize.query('DEALLOCATE ALL')]);
    },
  };
}

/** @throws DatabaseError as PGlite has it, the session ready for the next message */
async function exchange(database: Pick<PGlite, 'execProtocol'>, parts: readonly Uint8Array[]): Promise<Message[]> {
  return (await database.execProtocol(Buffer.concat([...parts, serialize.sync()]))).messages;
}

function rowsOf(messages: readonly Message[], fields: Results['fields'], readers: readonly (Reader | undefined)[]): { rows: unknown[][]; affectedRows: number } {
  const rows: unknown[][] = [];
  let affectedRows = 0;
  for (const message of messages) {
    if (message instanceof DataRowMessage) {
      rows.push(message.fields.map((value, i) => {
        const read = readers[i];
        return value === null || !read ? value : read(value, fields[i]!.dataTypeID);
      }));
    } else if (message instanceof CommandCompleteMessage) {
      // INSERT 0 3, UPDATE 3, DELETE 3; what a SELECT found was not affected.
      affectedRows = Number(/^(?:INSERT|UPDATE|DELETE|MERGE)\b.* (\d+)$/.exec(message.text)?.[1] ?? 0);
    }
  }
  return { rows, affectedRows };
}

function written(value: unknown, serializer: ((value: unknown) => string) | undefined): string | null {
  if (value === null || value === undefined) return null;
  return serializer ? serializer(value) : String(value);
}
