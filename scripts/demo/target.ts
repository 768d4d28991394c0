import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'

/** Databases that runs of the shop have built, whatever became of them. */
const BUILT = `select datname from pg_database where datname ~ '^shop_[0-9_]+$'`

/** Takes away what earlier demos left: what people read, what runs built, and the memory of both. */
export async function emptyTarget(server: string): Promise<void> {
  const client = await connect(server)
  try {
    const left = `${BUILT} or datname in ('shop', 'nightferry')`
    const { rows } = await client.query<{ datname: string }>(left)
    for (const { datname } of rows) await client.query(`drop database "${datname}" with (force)`)
  } finally {
    await client.end()
  }
}

/** Into the database that the first run builds, as soon as it is there. Null: the run has ended. */
export async function intoFirstBuilt(
  server: string,
  isOver: () => boolean,
  signal: AbortSignal,
): Promise<pg.Client | null> {
  const client = await connect(server)
  try {
    while (!isOver()) {
      const { rows } = await client.query<{ datname: string }>(BUILT)
      if (rows[0] !== undefined) return await connect(inDatabase(server, rows[0].datname))
      await delay(50, undefined, { signal })
    }
    return null
  } finally {
    await client.end()
  }
}

export function inDatabase(server: string, database: string): string {
  const url = new URL(server)
  url.pathname = `/${database}`
  return url.href
}

async function connect(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url })
  // Where it is published after all its sessions are ended; the next query says so.
  client.on('error', () => {})
  await client.connect()
  return client
}
