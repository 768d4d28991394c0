import type pg from 'pg'
import { Failure } from '../../core/failure.js'
import { inTransaction } from './cancel.js'
import { aboutConnection, openPool } from './connect.js'
import { codeOf, toFailure, type DriverError } from './errors.js'
import { ident } from './quote.js'
import { transactionControl } from './transaction-control.js'
import { parseUrl } from './url.js'

export interface SqlScript {
  /** As people know it: the file's name. */
  readonly name: string
  readonly text: string
  /** Found without being named, before `public`. */
  readonly schema: string
  /** Read by `current_setting('nightferry.run')`. */
  readonly settings: Readonly<Record<string, string>>
}

/**
 * Runs a script in one transaction, in sessions of its own: what it sets ends with it. Of a script that fails, or of which
 * the signal makes an end, nothing stays; repeated after a connection that was lost, it may run twice. Throws `hook-failed`
 * with the line where the script is refused (its name is the caller's to tell), else what the target's other steps throw.
 */
export async function runSql(
  url: string,
  connection: string,
  database: string | null,
  script: SqlScript,
  signal: AbortSignal,
): Promise<void> {
  const control = transactionControl(script.text)
  if (control !== null)
    throw new Failure('hook-failed', `holds ${control}, and it runs in one transaction as a whole`, {
      remedy: `Take ${control} out: the file is committed at its end, or rolled back.`,
    })
  const parsed = parseUrl(url, connection)
  const address = database === null ? parsed : { ...parsed, database }
  const about = { ...aboutConnection(address, connection), doing: script.name }
  // One for the script, one to cancel it.
  const pool = openPool(address, connection, 2)
  try {
    await inTransaction({ pool }, about, signal, (client) => execute(client, script, about))
  } finally {
    await pool.end()
  }
}

async function execute(client: pg.PoolClient, script: SqlScript, about: Parameters<typeof toFailure>[1]) {
  await client.query(`SET LOCAL search_path TO ${ident(script.schema)}, public`)
  for (const [name, value] of Object.entries(script.settings))
    await client.query('SELECT set_config($1, $2, true)', [`nightferry.${name}`, value])
  try {
    await client.query(script.text)
  } catch (error) {
    const failure = toFailure(error, about)
    throw failure.policy === 'retry' ? failure : refusedAt(error, script)
  }
}

/** The server's words may quote values: they stay private. */
function refusedAt(error: unknown, { text }: SqlScript): Failure {
  const { message = '', detail, position } = error as DriverError & { readonly position?: string }
  // Counted in characters, from 1.
  const before = position === undefined ? null : Array.from(text).slice(0, Number(position) - 1)
  const where = before === null ? '' : ` at line ${before.filter((c) => c === '\n').length + 1}`
  return new Failure('hook-failed', `is refused${where} (${codeOf(error) || 'no code'})`, {
    remedy: 'Correct the file; it was rolled back as a whole.',
    private: { reason: [message, detail].filter((part) => part !== undefined).join('; ') },
  })
}
