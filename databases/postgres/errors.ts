import { Failure, type FailureKind } from '../../core/failure.js'
import type { PlannedTable } from '../../core/plan/types.js'
import { ruleFor } from './error-rules.js'
import { copyRefusal } from './copy-refusal.js'

/** What an error was about, for its message and its remedy. Names only. */
export interface ErrorContext {
  readonly connection: string
  /** `db1:5432` or the path of a socket. */
  readonly place: string
  readonly user: string
  readonly database: string
  readonly table?: PlannedTable
  /** What was being made: `index idx_customer`, `table orders`. */
  readonly doing?: string
  /** True while a COPY into `table` runs: data errors then speak of one row. */
  readonly copying?: boolean
}

/** What the driver puts on a server's error (SQLSTATE in `code`), and Node on the socket's. */
export interface DriverError {
  readonly code?: string
  readonly message?: string
  readonly detail?: string
  readonly where?: string
  readonly column?: string
  readonly constraint?: string
}

/**
 * What the driver says without a code, word by word (pg 8.23: lib/client.js, lib/connection.js, pg-pool):
 * it is not the server's text, so no language changes it.
 */
const DRIVER_MESSAGES: Readonly<Record<string, string>> = {
  'timeout expired': 'ETIMEDOUT',
  'Connection terminated': 'ECONNRESET',
  'Connection terminated unexpectedly': 'ECONNRESET',
  'Connection terminated due to connection timeout': 'ETIMEDOUT',
  'timeout exceeded when trying to connect': 'ETIMEDOUT',
  'Client has encountered a connection error and is not queryable': 'ECONNRESET',
  'Client was closed and is not queryable': 'ECONNRESET',
  'The server does not support SSL connections': 'ERR_TLS_NOT_OFFERED',
  'There was an error establishing an SSL connection': 'ERR_TLS_NOT_OFFERED',
}

/** The server's SQLSTATE, Node's code, or a code for what the driver says; empty where there is none. */
export function codeOf(error: unknown): string {
  const { code, message } = (typeof error === 'object' && error !== null ? error : {}) as DriverError
  if (typeof code === 'string') return code
  // With the first byte of what came instead.
  if (message?.startsWith('received invalid response: ')) return 'ERR_NO_POSTGRES'
  return DRIVER_MESSAGES[message ?? ''] ?? ''
}

/**
 * The Failure that an error of the driver or the server is; a Failure is handed back as it is. The server's own text
 * goes into the private part, since it may quote values.
 */
export function toFailure(error: unknown, about: ErrorContext): Failure {
  if (error instanceof Failure) return error
  const driver = (typeof error === 'object' && error !== null ? error : {}) as DriverError
  const code = codeOf(error)
  if (about.copying && about.table && isAboutRow(code)) return copyRefusal(driver, code, about.table)
  const rule = ruleFor(code)
  const kind: FailureKind = rule?.kind ?? (code === '' ? 'internal' : 'object-refused')
  const what = rule?.what ?? 'answered with an error that is not known here'
  const reason = [driver.message, driver.detail].filter((part) => part !== undefined).join('; ')
  return new Failure(
    kind,
    `The target ${about.connection} ${what}${detail(kind, about)}: ${code || 'no code'}${subject(about)}.`,
    {
      remedy: rule?.remedy ?? 'Look the error up by its code; if it is not of your database, report it.',
      ...(about.table === undefined ? {} : { table: about.table.source }),
      ...(reason === '' ? {} : { private: { reason } }),
    },
    // The server's error quotes values, and a cause is printed with its message: only errors of ours keep theirs.
    ...(code === '' ? [{ cause: error }] : []),
  )
}

/** Data that a type refuses, NULL in NOT NULL, a check; a row that does not fit a page; text that is no text. */
const isAboutRow = (code: string): boolean =>
  code.startsWith('22') || code.startsWith('23') || code === '54000' || code === '0A000'

const detail = (kind: FailureKind, about: ErrorContext): string => {
  if (kind === 'target-unreachable') return ` (${about.place})`
  if (kind === 'target-login' || kind === 'target-privilege') return ` (account ${about.user})`
  return kind === 'target-missing' ? ` (database ${about.database})` : ''
}

const subject = (about: ErrorContext): string =>
  about.doing !== undefined ? ` (${about.doing})` : about.table !== undefined ? ` (table ${about.table.source})` : ''
