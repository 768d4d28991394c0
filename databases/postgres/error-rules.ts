import type { FailureKind } from '../../core/failure.js'

export interface Rule {
  readonly kind: FailureKind
  /** Goes on after `The target NAME`. */
  readonly what: string
  readonly remedy: string
}

const AWAY: Rule = {
  kind: 'target-unreachable',
  what: 'does not answer',
  remedy:
    'Check host, port and firewall, and that the server runs. A run that is under way goes on by itself when it answers again.',
}
const ANOTHER: Rule = {
  kind: 'target-unreachable',
  what: 'is no PostgreSQL',
  remedy: 'Another server listens there: check host and port.',
}
const CROWDED: Rule = {
  kind: 'target-unreachable',
  what: 'has no connection to spare',
  remedy: 'Raise max_connections (or the limit of the account) on the target, or lower limits.parallelism.',
}
const LOGIN: Rule = {
  kind: 'target-login',
  what: 'refuses the login',
  remedy: 'Check user and password of the connection, and that pg_hba.conf lets this account in from this host.',
}
const TLS: Rule = {
  kind: 'target-login',
  what: 'and this client agree on no TLS that sslmode allows',
  remedy: "Check sslmode and sslrootcert in the connection's URL against the server's certificate.",
}
const MISSING: Rule = {
  kind: 'target-missing',
  what: 'has no such database',
  remedy: "Check the database's name; a run makes it where the account has CREATEDB.",
}
const CLOSED: Rule = {
  kind: 'target-unreachable',
  what: 'takes no sessions in this database just now',
  remedy:
    'A publish or a copy closes a database for a moment, and its sessions are opened again by themselves. If it goes on, look whether somebody closed it (ALLOW_CONNECTIONS).',
}
const PRIVILEGE: Rule = {
  kind: 'target-privilege',
  what: 'does not permit this to the account',
  remedy: 'GRANT CREATE on the database and its schema to the account, or let it own them.',
}
const READ_ONLY: Rule = {
  kind: 'target-privilege',
  what: 'takes no writes',
  remedy: 'Connect to the primary, and see that default_transaction_read_only is off.',
}
const FULL: Rule = {
  kind: 'target-full',
  what: 'has no disk, memory or lock space left for this',
  remedy: "Free disk space or memory on the target's machine (or raise the limit that its log names).",
}
const CONFLICT: Rule = {
  kind: 'target-conflict',
  what: 'stopped the statement in favour of another',
  remedy: 'It is tried again by itself. If it goes on, look for long transactions on the target.',
}
const CONSTRAINT: Rule = {
  kind: 'constraint-violated',
  what: 'holds rows that a constraint forbids',
  remedy: 'Look at the rows in the report, correct them in the source, and run again.',
}
const CHANGED: Rule = {
  kind: 'schema-changed',
  what: 'no longer has what this run made',
  remedy: 'Somebody changed the target during the run: find out who, and run again.',
}
const REFUSED: Rule = {
  kind: 'object-refused',
  what: 'refuses the definition',
  remedy: 'Look at the reason in the report; a cast or an exclusion in the config gives another definition.',
}
const BUG: Rule = {
  kind: 'internal',
  what: 'reports an error of its own',
  remedy: "Look into the server's log.",
}
const DISK: Rule = {
  kind: 'object-refused',
  what: 'cannot read or write its files',
  remedy: "Look into the server's log: its storage is damaged or away.",
}

const NODE_AWAY = [
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'EHOSTDOWN',
  'ENETUNREACH',
  'ENETDOWN',
  'EADDRNOTAVAIL',
  'EPIPE',
  'ENOENT',
  'EACCES',
]

/** By SQLSTATE, by Node's name, and by SQLSTATE class (two characters) for the rest. */
const RULES: Readonly<Record<string, Rule>> = {
  ...Object.fromEntries(NODE_AWAY.map((code) => [code, AWAY])),
  '08': AWAY,
  ERR_NO_POSTGRES: ANOTHER,
  // A startup parameter that only a pooler does not understand, or a message that no second try would mend.
  '08P01': {
    kind: 'object-refused',
    what: 'does not understand what it was sent',
    remedy: 'Connect to PostgreSQL itself, not to a pooler, and without options in the URL; else report this.',
  },
  // admin_shutdown, crash_shutdown, cannot_connect_now, idle_session_timeout
  '57P01': AWAY,
  '57P02': AWAY,
  '57P03': AWAY,
  '57P04': MISSING,
  '57P05': AWAY,
  '57014': CONFLICT,
  '53300': CROWDED,
  '28': LOGIN,
  // object_not_in_prerequisite_state: of our statements only a connect meets it.
  '55000': CLOSED,
  '3D000': MISSING,
  '3F000': CHANGED,
  '42501': PRIVILEGE,
  '25006': READ_ONLY,
  '53': FULL,
  '40': CONFLICT,
  '55P03': CONFLICT,
  '55006': CONFLICT,
  '23': CONSTRAINT,
  '42P01': CHANGED,
  '42704': CHANGED,
  '42': REFUSED,
  '22': REFUSED,
  '2B': REFUSED,
  '0A': REFUSED,
  '54': REFUSED,
  '58': DISK,
  XX: BUG,
}

/** OpenSSL and Node have too many names for a handshake or a certificate that failed to list them all. */
export const isTlsCode = (code: string): boolean =>
  /^(EPROTO$|ERR_(TLS|SSL|OSSL)_|CERT_|CRL_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|INVALID_|HOSTNAME_|PATH_LENGTH_)/.test(
    code,
  )

export function ruleFor(code: string): Rule | undefined {
  const own = RULES[code] ?? (isTlsCode(code) ? TLS : undefined)
  return own ?? (/^[0-9A-Z]{5}$/.test(code) ? RULES[code.slice(0, 2)] : undefined)
}
