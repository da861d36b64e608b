import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { badInput, messageOf } from '../../base/errors';
import type { ByteSource } from './row-source';

/** The bytes as they come, or, where they begin as gzip does, what is packed in them. @throws BAD_INPUT when that is damaged. */
export async function* unpacked(source: ByteSource): AsyncGenerator<Buffer | string> {
  const pieces = source[Symbol.asyncIterator]();
  let head: Buffer = Buffer.alloc(0);
  while (head.length < 2) {
    const { done, value } = await pieces.next();
    if (done) break;
    head = Buffer.concat([head, Buffer.from(value)]);
  }
  const bytes = all(head, pieces);
  if (head[0] !== 0x1f || head[1] !== 0x8b) {
    yield* bytes;
    return;
  }
  const gunzip = createGunzip();
  pipeline(Readable.from(bytes), gunzip, () => undefined);
  try {
    yield* gunzip as AsyncIterable<Buffer>;
  } catch (cause) {
    throw badInput('file', `The file is packed with gzip and cannot be unpacked: ${messageOf(cause)}.`, 'Fetch or pack it again.');
  }
}

async function* all(head: Buffer, rest: AsyncIterator<Buffer | string>): AsyncGenerator<Buffer | string> {
  try {
    if (head.length > 0) yield head;
    for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value;
  } finally {
    await rest.return?.();
  }
}
