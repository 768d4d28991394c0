import { Failure, type FailureKind } from '../../core/failure.js'

/** What an error was about, for its message and its remedy. Names only. */
export interface ErrorContext {
  readonly connection: string
  readonly database?: string
  readonly user?: string
  /** `db1:3306` or the path of a socket. */
  readonly place?: string
  readonly table?: string
}

/** What mysql2 and Node put on an error. */
interface DriverError {
  readonly code?: unknown
  readonly errno?: unknown
  readonly message?: unknown
  readonly sqlState?: unknown
}

type Rule = { readonly kind: FailureKind; readonly what: string; readonly remedy: string }

const AWAY: Rule = {
  kind: 'source-unreachable',
  what: 'does not answer',
  remedy:
    'Check host, port and firewall, and that the server runs. A run that is under way goes on by itself when it answers again.',
}
const FULL: Rule = {
  kind: 'source-unreachable',
  what: 'has no connection to spare',
  remedy: 'Raise max_connections or max_user_connections on the source, or lower limits.parallelism.',
}
const LOGIN: Rule = {
  kind: 'source-login',
  what: 'refuses the login',
  remedy: 'Check user and password of the connection, and that the account may come from this host.',
}
const TLS: Rule = {
  kind: 'source-login',
  what: 'and this client agree on no TLS that ssl-mode allows',
  remedy: "Check ssl-mode and ssl-ca in the connection's URL against the server's certificate.",
}
const PRIVILEGE: Rule = {
  kind: 'source-privilege',
  what: 'does not permit this to the account',
  remedy: 'GRANT SELECT, SHOW VIEW, TRIGGER, EVENT ON DATABASE.* TO the account.',
}
/** The server does not tell the two apart, so that nobody can guess names. */
const HIDDEN: Rule = {
  ...PRIVILEGE,
  what: 'shows the account no database of this name',
}
const CHANGED: Rule = {
  kind: 'schema-changed',
  what: 'no longer has what the plan says',
  remedy: 'Look at what changed with `nightferry plan`, then apply it and run again.',
}
const BUSY: Rule = {
  kind: 'source-conflict',
  what: 'stopped the statement in favour of another',
  remedy: 'It is tried again by itself. If it goes on, look for long transactions and ALTER TABLE on the source.',
}
const DAMAGED: Rule = {
  kind: 'object-refused',
  what: 'cannot read a table because it is damaged or unavailable',
  remedy: 'Run CHECK TABLE, then REPAIR TABLE or restore it on the source, or exclude the table.',
}
const DISK: Rule = {
  kind: 'source-unreachable',
  what: 'has no room or memory left for the statement',
  remedy: "Free disk space (tmpdir too) or memory on the source's machine.",
}

/** Server errors by number (MySQL and MariaDB agree on these), the driver's and Node's by name. */
const RULES: Readonly<Record<string, Rule>> = {
  ...all(AWAY, [
    'ECONNREFUSED',
    'ENOTFOUND',
    'EAI_AGAIN',
    'ETIMEDOUT',
    'EHOSTUNREACH',
    'ENETUNREACH',
    'ECONNRESET',
    'EPIPE',
  ]),
  ...all(AWAY, ['ENOENT', 'EACCES', 'ECONNABORTED', 'ENETDOWN', 'EHOSTDOWN', 'EADDRNOTAVAIL']),
  ...all(AWAY, [
    'PROTOCOL_CONNECTION_LOST',
    'PROTOCOL_SEQUENCE_TIMEOUT',
    'PROTOCOL_UNEXPECTED_PACKET',
    'PROTOCOL_ERROR',
  ]),
  // Shutdown, unknown command of a dying server, killed connection, host blocked, read and write errors of the net, inactivity.
  ...all(AWAY, [1053, 1047, 1927, 3169, 1129, 1158, 1159, 1160, 1161, 1184, 1152, 3168, 4031, 3032, 1043]),
  ...all(FULL, [1040, 1203, 1226, 1135]),
  ...all(LOGIN, [1045, 1698, 1251, 1130, 1131, 1132, 1133, 1820, 1862, 3118, 4151, 1275, 1524]),
  ...all(LOGIN, ['AUTH_SWITCH_PLUGIN_ERROR', 'MYSQL_CLEAR_PASSWORD_NOT_ENABLED']),
  ...all(TLS, ['HANDSHAKE_NO_SSL_SUPPORT', 'HANDSHAKE_SSL_ERROR', 3159]),
  1044: HIDDEN,
  ...all(PRIVILEGE, [1142, 1143, 1227, 1370, 1345, 1410, 3879]),
  1049: {
    kind: 'source-missing',
    what: 'has no such database',
    remedy: "Check the database's name in the connection's URL.",
  },
  ...all(CHANGED, [1146, 1054, 1412, 1176, 1051, 1109, 1932, 1305, 3554]),
  ...all(BUSY, [1205, 1213, 1317, 3024, 1969, 1614, 1689, 1028]),
  ...all(
    DAMAGED,
    [1194, 1195, 1034, 1035, 1033, 1030, 1296, 1459, 1016, 1017, 1812, 1813, 1877, 3185, 126, 127, 144, 145],
  ),
  ...all(DISK, [1021, 1037, 1038, 1041, 1114, 3]),
}

function all(rule: Rule, codes: readonly (string | number)[]): Record<string, Rule> {
  return Object.fromEntries(codes.map((code) => [String(code), rule]))
}

/**
 * The Failure that an error of the driver or the server is; a Failure is handed back as it is.
 * The server's own text goes into the private part, since it may quote values; logins are named without it.
 */
export function toFailure(error: unknown, about: ErrorContext): Failure {
  if (error instanceof Failure) return error
  const { code, errno, message, sqlState } = (typeof error === 'object' && error !== null ? error : {}) as DriverError
  const rule = RULES[String(errno)] ?? RULES[String(code)]
  const name = [typeof code === 'string' ? code : '', typeof errno === 'number' && errno > 0 ? String(errno) : '']
    .filter((part) => part !== '' && part !== 'undefined')
    .join(', ')
  const table = about.table === undefined ? {} : { table: about.table }
  const reason = typeof message === 'string' ? { private: { reason: message } } : {}
  const subject = about.table === undefined ? '' : ` (table ${about.table})`
  if (!rule) {
    return new Failure(
      sqlState === undefined && typeof code !== 'string' ? 'internal' : 'object-refused',
      `The source ${about.connection} answered with an error that is not known here: ${name || 'no code'}${subject}.`,
      { remedy: "Look the server's error up; if it is not the source's, report it.", ...table, ...reason },
      { cause: error },
    )
  }
  return new Failure(
    rule.kind,
    `The source ${about.connection} ${rule.what}${detail(rule, about)}: ${name}${subject}.`,
    {
      remedy: remedyFor(rule, about),
      ...table,
      ...reason,
    },
    { cause: error },
  )
}

function detail(rule: Rule, about: ErrorContext): string {
  if ((rule === AWAY || rule === FULL) && about.place !== undefined) return ` (${about.place})`
  if ((rule === LOGIN || rule.kind === 'source-privilege') && about.user !== undefined)
    return ` (account ${about.user})`
  if (rule.kind === 'source-missing' && about.database !== undefined) return ` (${about.database})`
  return ''
}

function remedyFor(rule: Rule, about: ErrorContext): string {
  const account = about.user ? `the account ${about.user}` : 'the account'
  if (rule.kind === 'source-privilege' && about.database !== undefined) {
    const grant = `GRANT SELECT, SHOW VIEW, TRIGGER, EVENT ON \`${about.database}\`.* TO ${account}.`
    return rule === HIDDEN ? `Check the database's name, or ${grant}` : grant
  }
  if (rule === LOGIN && about.user !== undefined) {
    return `Check user and password of the connection, and that ${account} may come from this host.`
  }
  return rule.remedy
}
