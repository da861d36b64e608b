import { DriverAdapterError } from '@prisma/driver-adapter-utils';
import { messageOf } from '../../base/errors';

/** What a driver threw at a script, in the form that Prisma's engine can read and keep in its log of migrations. */
export function scriptError(error: unknown): unknown {
  const { code, severity, detail, hint, column } = (error ?? {}) as Record<string, string | undefined>;
  if (typeof code !== 'string' || typeof severity !== 'string') return error;
  return new DriverAdapterError({ kind: 'postgres', code, severity, message: messageOf(error), detail, column, hint, originalCode: code, originalMessage: messageOf(error) });
}
