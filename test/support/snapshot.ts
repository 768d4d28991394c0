import { randomBytes } from 'node:crypto'
import mysql from 'mysql2/promise'
import { Failure } from '../../core/failure.js'
import { WHOLE } from '../../core/key-range.js'
import type { RowSink, SourcePort } from '../../core/ports.js'
import type { SnapshotRequest } from '../../core/snapshot.js'
import { openMysqlSource } from '../../databases/mysql/adapter.js'
import { Collector } from './mysql-copy.js'
import { mysqlUrl, onMysql, uniqueName } from './servers.js'
import { planned, tableNamed } from './source.js'

export const RUN = '20261121-030000'

export const request = (tables: readonly string[], more: Partial<SnapshotRequest> = {}): SnapshotRequest => ({
  run: RUN,
  tables,
  sessions: 3,
  lockTimeoutMs: 1000,
  // Other tests sleep in statements on the same server, which a lock of the whole server waits for.
  patienceMs: 45_000,
  uncovered: 'lock',
  ...more,
})

export const never = (): AbortSignal => new AbortController().signal

/** The rows of a table as text, in a run's snapshot; `null` as they are now. */
export async function rowsOf(source: SourcePort, table: string, snapshot: string | null = RUN): Promise<string[]> {
  const plan = planned(tableNamed(await source.catalog(), table))
  const sink = new Collector()
  await source.copy(plan, WHOLE, sink, { signal: never(), ...(snapshot === null ? {} : { snapshot }) })
  return sink.text.toString().split('\n').filter(Boolean)
}

/** Copies into a sink that takes nothing more after its first block, until the signal ends it. */
export async function copyUntil(
  source: SourcePort,
  table: string,
  signal: AbortSignal,
  onBlock: () => void,
): Promise<void> {
  const plan = planned(tableNamed(await source.catalog(), table))
  const sink: RowSink = {
    write: () => (onBlock(), false),
    drained: () => new Promise(() => {}),
    failed: new Promise<never>(() => {}),
  }
  await source.copy(plan, WHOLE, sink, { signal, snapshot: RUN })
}

export async function failureOf(promise: Promise<unknown>): Promise<Failure> {
  const error = await promise.then(
    () => new Error('nothing was thrown'),
    (thrown: unknown) => thrown,
  )
  if (error instanceof Failure) return error
  throw error
}

/** A second person at the source. */
export async function withPerson<T>(
  url: string,
  use: (say: (sql: string) => Promise<unknown>, id: number) => Promise<T>,
): Promise<T> {
  const connection = await mysql.createConnection({ uri: url, multipleStatements: true })
  try {
    return await use(async (sql) => (await connection.query(sql))[0], connection.threadId)
  } finally {
    connection.destroy()
  }
}

/** The longest that somebody waited who wrote to table `account`, or read it, until that was settled. */
export async function longestWaits(url: string, until: Promise<unknown>): Promise<{ write: number; read: number }> {
  let isOver = false
  const over = (): void => void (isOver = true)
  until.then(over, over)
  const longest = async (sql: string): Promise<number> =>
    await withPerson(url, async (say) => {
      let most = 0
      while (!isOver) {
        const before = performance.now()
        await say(sql)
        most = Math.max(most, performance.now() - before)
      }
      return most
    })
  const [write, read] = await Promise.all([
    longest('UPDATE account SET v = v WHERE id = 5'),
    longest('SELECT * FROM account WHERE id = 2'),
  ])
  return { write, read }
}

/** The source as an account with just these rights sees it. */
export async function asAccount<T>(
  database: string,
  grants: readonly string[],
  use: (source: SourcePort, account: string) => Promise<T>,
): Promise<T> {
  const account = uniqueName('s').slice(0, 16)
  const password = randomBytes(6).toString('hex')
  const hosts = ['localhost', '127.0.0.1', '%'].map((host) => `'${account}'@'${host}'`)
  const make = hosts.flatMap((who) => [
    `CREATE USER ${who} IDENTIFIED BY '${password}'`,
    ...grants.map((one) => `${one} TO ${who}`),
  ])
  await onMysql(mysqlUrl(), make.join(';'))
  const source = openMysqlSource(`mysql://${account}:${password}@${new URL(mysqlUrl()).host}/${database}`, 'test-mysql')
  try {
    return await use(source, account)
  } finally {
    await source.close()
    await onMysql(mysqlUrl(), hosts.map((who) => `DROP USER ${who}`).join(';'))
  }
}

/** Moves money between accounts whose total never changes, until it is stopped; says how many transfers there were. */
export function transfers(url: string, accounts: number): { stop(): Promise<number> } {
  let isOver = false
  let done = 0
  const work = withPerson(url, async (say) => {
    while (!isOver) {
      const [from, to] = [1 + (done % accounts), 1 + ((done * 7 + 3) % accounts)]
      await say(
        `START TRANSACTION; UPDATE account SET v = v - 1 WHERE id = ${from}; UPDATE account SET v = v + 1 WHERE id = ${to}; COMMIT`,
      )
      done++
    }
  })
  return {
    async stop() {
      isOver = true
      await work
      return done
    },
  }
}
