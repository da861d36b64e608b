import { randomFillSync } from 'node:crypto';
import type { Clock } from './clock';

/** Makes identifiers; passed in, so that tests can count on them. */
export interface IdSource {
  next(): string;
}

/**
 * UUID version 7 (RFC 9562): 48 bits of Unix milliseconds, then random bits; sorts by time of making.
 * @param fill random bytes; of the system unless told, which nobody can guess
 */
export function uuidv7Source(clock: Clock, fill: (bytes: Uint8Array) => Uint8Array = randomFillSync): IdSource {
  let last = 0;
  let sequence = 0;
  return {
    next() {
      const bytes = fill(new Uint8Array(16));
      const now = Math.max(clock.now().getTime(), last);
      // Within one millisecond a 12-bit counter keeps the order; past its end the next millisecond is borrowed.
      sequence = now === last ? sequence + 1 : 0;
      last = sequence > 0xfff ? now + 1 : now;
      if (sequence > 0xfff) sequence = 0;
      let t = last;
      for (let i = 5; i >= 0; i--) {
        bytes[i] = t % 256;
        t = Math.floor(t / 256);
      }
      bytes[6] = 0x70 | (sequence >>> 8);
      bytes[7] = sequence & 0xff;
      bytes[8] = 0x80 | (bytes[8]! & 0x3f);
      const hex = Buffer.from(bytes).toString('hex');
      return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
    },
  };
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

export function isUuid(text: string): boolean {
  return UUID.test(text);
}
