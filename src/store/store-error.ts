import { DriverAdapterError } from '@prisma/driver-adapter-utils';
import { AdloomError, isAdloomError, messageOf, type ErrorCode } from '../base/errors';

/** What a driver said, found wherever the layers above it have put it. */
interface DriverReport {
  /** SQLSTATE, or Node's code of a system error. */
  readonly code: string;
  /** Prisma's name of the error, e.g. `DatabaseNotReachable`. */
  readonly kind: string;
  readonly message: string;
}

const FREE_SPACE = 'Free space on the disk of the database, then try again; nothing was half-written.';
const CHECK_SERVER = 'Check that PostgreSQL runs and that DATABASE_URL names its host, port, user, password and database.';

type Verdict = readonly [code: ErrorCode, summary: string, hint: string];

const BY_KIND: Readonly<Record<string, Verdict>> = {
  DatabaseNotReachable: ['STORE_UNAVAILABLE', 'The database cannot be reached', CHECK_SERVER],
  DatabaseDoesNotExist: ['STORE_UNAVAILABLE', 'The database does not exist', 'Create it (createdb), or correct the name at the end of DATABASE_URL.'],
  DatabaseAccessDenied: ['STORE_UNAVAILABLE', 'The database refused the user', 'Grant the user CONNECT and CREATE on the database.'],
  AuthenticationFailed: ['STORE_UNAVAILABLE', 'The database refused the password', 'Correct the user and password in DATABASE_URL.'],
  TlsConnectionError: ['STORE_UNAVAILABLE', 'No secure connection to the database could be made', 'Set sslmode in DATABASE_URL as the server wants it.'],
  ConnectionClosed: ['STORE_UNAVAILABLE', 'The connection to the database was lost', 'Try again; when it goes on, see the log of the server.'],
  SocketTimeout: ['STORE_UNAVAILABLE', 'The database did not answer in time', CHECK_SERVER],
  TooManyConnections: ['STORE_UNAVAILABLE', 'The database has no connection to spare', 'Raise max_connections of the server, or run fewer programs on it.'],
};

const REPEATED: Verdict = ['CONFLICT', 'A row with that name or id exists already', 'Read the existing one, or choose another name.'];
const NOT_STORABLE: Verdict = ['BAD_INPUT', 'A value cannot be stored', 'Leave out NUL characters and unpaired surrogates, and keep numbers in range.'];
const LOST: Verdict = ['STORE_UNAVAILABLE', 'The database went away', CHECK_SERVER];

const BY_CODE: Readonly<Record<string, Verdict>> = {
  '53100': ['DISK_FULL', 'The disk of the database is full', FREE_SPACE],
  ENOSPC: ['DISK_FULL', 'The disk is full', FREE_SPACE],
  EDQUOT: ['DISK_FULL', 'The disk quota is used up', FREE_SPACE],
  EACCES: ['STORE_UNAVAILABLE', 'The directory of the database may not be written', 'Give this user the right to write there, or name another data directory.'],
  EROFS: ['STORE_UNAVAILABLE', 'The directory of the database is read-only', 'Name a data directory on a disk that can be written.'],
  ENOTDIR: ['STORE_UNAVAILABLE', 'The data directory is not a directory', 'Name another data directory.'],
  EEXIST: ['STORE_UNAVAILABLE', 'The data directory is not a directory', 'Name another data directory.'],
  '53300': BY_KIND['TooManyConnections']!,
  '3D000': BY_KIND['DatabaseDoesNotExist']!,
  '28000': BY_KIND['DatabaseAccessDenied']!,
  '28P01': BY_KIND['AuthenticationFailed']!,
  '42501': ['STORE_UNAVAILABLE', 'The user may not do that in the database', 'Grant the user all rights on the database and its schema.'],
  '25006': ['STORE_UNAVAILABLE', 'The database is read-only', 'Point DATABASE_URL at the primary server.'],
  '23505': REPEATED,
  '23503': ['NOT_FOUND', 'The row refers to one that does not exist', 'Check the ids; they belong to one type and one advertiser.'],
  '22021': NOT_STORABLE,
  '22P05': NOT_STORABLE,
  '22P02': NOT_STORABLE,
  '22003': NOT_STORABLE,
  '22001': NOT_STORABLE,
  '22007': NOT_STORABLE,
  '22008': NOT_STORABLE,
  '40001': ['CONFLICT', 'Another change came between', 'Try again.'],
  '40P01': ['CONFLICT', 'Another change came between', 'Try again.'],
  '55P03': ['STORE_UNAVAILABLE', 'Another process is changing the tables of the database', 'Wait until it is done, then start again.'],
  '57014': ['OVERLOADED', 'The database took too long', 'Try again, or ask for less at once.'],
  '57P01': LOST,
  '57P02': LOST,
  '57P03': LOST,
  ECONNREFUSED: BY_KIND['DatabaseNotReachable']!,
  ENOTFOUND: BY_KIND['DatabaseNotReachable']!,
  EHOSTUNREACH: BY_KIND['DatabaseNotReachable']!,
  ECONNRESET: BY_KIND['ConnectionClosed']!,
  EPIPE: BY_KIND['ConnectionClosed']!,
  ETIMEDOUT: BY_KIND['SocketTimeout']!,
};

/** Prisma's own codes, for errors that carry nothing from a driver. */
const BY_PRISMA_CODE: Readonly<Record<string, Verdict>> = {
  P1001: BY_KIND['DatabaseNotReachable']!,
  P1017: BY_KIND['ConnectionClosed']!,
  P2002: REPEATED,
  P2003: BY_CODE['23503']!,
  P2024: ['OVERLOADED', 'No connection to the database came free in time', 'Try again.'],
  P2028: ['OVERLOADED', 'A transaction could not begin or end in time', 'Try again, or ask for less at once.'],
  P2034: BY_CODE['40001']!,
};

/** Every error that leaves the store passes here once; what is coded already stays as it is. */
export function toStoreError(error: unknown): AdloomError {
  const own = ownIn(error);
  if (own) return own;
  const report = reportIn(error);
  const verdict = verdictOn(report) ?? BY_PRISMA_CODE[codeOf(error)];
  const said = firstLine(report?.message ?? messageOf(error));
  if (!verdict) return new AdloomError('INTERNAL', `The database answered: ${said}`, { cause: error });
  const [code, summary, hint] = verdict;
  return new AdloomError(code, `${summary} (${said}).`, { hint, cause: error, publicMessage: `${summary}.` });
}

/** A coded error in a form that Prisma hands on whole: of other errors it keeps the code and drops the rest. */
export function throughPrisma(error: AdloomError): DriverAdapterError {
  const report = { kind: 'postgres', code: 'XX000', severity: 'ERROR', message: error.message, detail: undefined, column: undefined, hint: undefined } as const;
  return new DriverAdapterError({ ...report, adloom: error } as typeof report);
}

function ownIn(error: unknown, depth = 0): AdloomError | undefined {
  if (isAdloomError(error)) return error;
  if (typeof error !== 'object' || error === null || depth > 5) return undefined;
  const { meta, cause, adloom } = error as { meta?: { driverAdapterError?: unknown }; cause?: unknown; adloom?: unknown };
  return isAdloomError(adloom) ? adloom : ownIn(meta?.driverAdapterError ?? cause, depth + 1);
}

/** Whether the same statement may succeed when sent again: two writers met, and the database chose one. */
export function isWriteConflict(error: unknown): boolean {
  const report = reportIn(error);
  return report?.code === '40001' || report?.code === '40P01' || report?.kind === 'TransactionWriteConflict';
}

function verdictOn(report: DriverReport | undefined): Verdict | undefined {
  if (!report) return undefined;
  const byCode = BY_CODE[report.code] ?? BY_KIND[report.kind];
  if (byCode) return byCode;
  if (report.code.startsWith('08')) return LOST;
  if (/no space left on device/i.test(report.message)) return BY_CODE['53100'];
  if (/not (currently )?accepting connections/i.test(report.message)) return LOST;
  if (/connection (terminated|ended)|timeout (exceeded|expired).*connect/i.test(report.message)) return BY_KIND['ConnectionClosed'];
  return undefined;
}

function reportIn(error: unknown, depth = 0): DriverReport | undefined {
  if (typeof error !== 'object' || error === null || depth > 5) return undefined;
  const fields = error as Record<string, unknown>;
  const nested = (fields['meta'] as Record<string, unknown> | undefined)?.['driverAdapterError'] ?? fields['cause'];
  const inner = reportIn(nested, depth + 1);
  if (inner) return inner;
  const text = (name: string): string => (typeof fields[name] === 'string' ? fields[name] : '');
  // Prisma's own codes (P....) say less than a driver's report, so they do not count as one.
  const code = text('originalCode') || (/^P\d{4}$/.test(text('code')) ? '' : text('code'));
  const kind = text('kind');
  if (code === '' && kind === '') return undefined;
  return { code, kind, message: text('originalMessage') || text('message') || kind };
}

function codeOf(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : '';
}

function firstLine(text: string): string {
  const lines = text.split('\n').map((line) => line.trim()).filter((line) => line !== '' && !line.startsWith('Invalid `'));
  return (lines[0] ?? 'no reason given').replace(/\.$/, '');
}
