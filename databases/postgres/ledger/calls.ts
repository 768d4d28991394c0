import type pg from 'pg'
import type { CallState, Joined, JoinState, ReaderCall } from '../../../core/alongside.js'
import type { RunId } from '../../../core/run.js'
import { changedBy, rowsOf } from './query.js'

/** Begins an attempt; whoever answers to an older one is not heard any more. */
export async function callReaders(pool: pg.Pool, run: RunId, call: string, leader: string): Promise<void> {
  await changedBy(
    pool,
    `insert into nightferry.snapshot_call (run, call, leader, state) values ($1, $2, $3, 'gathering')
     on conflict (run) do update set call = excluded.call, leader = excluded.leader, state = excluded.state, sessions = 0`,
    [run, call, leader],
  )
}

/** Whoever writes that it has begun waits for this, or this for it: nobody is counted and left behind. */
export async function moveCall(
  pool: pg.Pool,
  run: RunId,
  call: string,
  state: CallState,
  sessions: number,
): Promise<void> {
  await changedBy(pool, 'update nightferry.snapshot_call set state = $3, sessions = $4 where run = $1 and call = $2', [
    run,
    call,
    state,
    sessions,
  ])
}

export const joinedTo = async (pool: pg.Pool, run: RunId, call: string): Promise<Joined[]> =>
  await rowsOf<Joined>(pool, 'select queue, state from nightferry.snapshot_reader where run = $1 and call = $2', [
    run,
    call,
  ])

export async function readerCall(pool: pg.Pool, run: RunId): Promise<ReaderCall | null> {
  const [row] = await rowsOf<ReaderCall>(
    pool,
    'select call, leader, state, sessions from nightferry.snapshot_call where run = $1',
    [run],
  )
  return row ?? null
}

/** False: the call is over, or, for `begun`, its time is. */
export async function joinCall(
  pool: pg.Pool,
  run: RunId,
  call: string,
  queue: string,
  state: JoinState,
): Promise<boolean> {
  const written = await changedBy(
    pool,
    `with current as (
       select run from nightferry.snapshot_call
        where run = $1 and call = $2 and ($4 <> 'begun' or state = 'begin') for share
     )
     insert into nightferry.snapshot_reader (run, queue, call, state) select run, $3, $2, $4 from current
     on conflict (run, queue) do update set call = excluded.call, state = excluded.state`,
    [run, call, queue, state],
  )
  return written > 0
}
