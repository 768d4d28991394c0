import mysql from 'mysql2/promise'
import pg from 'pg'

/** What our sessions are doing in both servers, as the servers tell it. */
export interface Watch {
  /** A text for each session that works now; empty: all that is left is idle. */
  busy(): Promise<string[]>
  close(): Promise<void>
}

/** Not copying: the trail of who paused, and the look of whoever holds a snapshot at who waits for it. */
const ON_TARGET = `
  select 'target ' || pid || ' ' || backend_type || ' ' || left(regexp_replace(query, '\\s+', ' ', 'g'), 90) as what
  from pg_stat_activity
  where application_name = 'nightferry' and datname = current_database() and state = 'active'
    and query not like 'insert into nightferry.audit%' and query not like '%table_ordinal as table, state%'`
const ON_SOURCE = `
  select concat('source ', id, ' ', command, ' ', left(coalesce(info, ''), 90)) as what from information_schema.processlist
  where id <> connection_id() and db = ? and command not in ('Sleep', 'Daemon', 'Quit')
    and coalesce(info, '') not like '%processlist%'`

export async function watchSessions(target: string, source: string, database: string): Promise<Watch> {
  const to = new pg.Client({ connectionString: target, application_name: 'watching' })
  await to.connect()
  const from = await mysql.createConnection({ uri: source })
  return {
    async busy() {
      const [onTarget, [onSource]] = await Promise.all([
        to.query<{ what: string }>(ON_TARGET),
        from.query(ON_SOURCE, [database]),
      ])
      return [...onTarget.rows, ...(onSource as { what: string }[])].map(({ what }) => what)
    },
    async close() {
      await to.end()
      await from.end()
    },
  }
}

/** When a session of ours was last seen at work, in milliseconds since `since`, and at what; until `end` says so. */
export async function lastBusy(
  watch: Watch,
  since: number,
  isOver: () => boolean,
): Promise<{ after: number; what: string[]; looks: number }> {
  let last: { after: number; what: string[] } = { after: 0, what: [] }
  let looks = 0
  while (!isOver()) {
    const what = await watch.busy()
    looks++
    if (what.length > 0) last = { after: performance.now() - since, what }
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  return { ...last, looks }
}
