import { Failure, type FailureKind } from '../core/failure.js'
import type { Place } from '../core/place.js'
import type { TargetPort } from '../core/ports.js'
import type { RunId } from '../core/run.js'
import type { RunRef } from './messages.js'
import { step } from './step.js'
import type { Tools } from './tools.js'

/** Where the ledger and the rows of a run that has ended lie: its generation may have another name by now, or be gone. */
export const locateRun = (tools: Tools) =>
  step(tools, 'locateRun', async ({ ref }: { readonly ref: RunRef }): Promise<Place> => await placeNow(tools, ref))

/** Throws `refused` where it is gone. Of a run that is built in place: as it was told. */
export async function placeNow({ ports }: Tools, { migration, run, target }: RunRef): Promise<Place> {
  const { connection, published } = target
  if (published === undefined) return target
  const generations = await ports.generations(connection, published, migration)
  const database = await generations.locate(run)
  if (database !== null) return { connection, database, published }
  // Of before runs were built aside.
  if (await hasRun(await ports.target(connection, published), run))
    return { connection, database: published, published }
  throw new Failure(
    'refused',
    `There is no database of run ${run}: it ended before it made one, or a later run took its place`,
    {
      remedy: `More of them stay with a larger publish.keep. What is kept of it: \`nightferry report ${migration} --run ${run}\`.`,
    },
  )
}

/** A database that is not there, or is closed, has none; a server that does not answer is another matter. */
export async function hasRun({ ledger }: TargetPort, run: RunId): Promise<boolean> {
  try {
    return (await ledger.summary(run)).run === run
  } catch (error) {
    if (error instanceof Failure && !SERVER.has(error.kind)) return false
    throw error
  }
}

/** Throws `refused` for a run that ended before its ledger knew of it: there is nothing of it to go on with, or to prove. */
export async function refuseUnread(target: TargetPort, migration: string, run: RunId): Promise<void> {
  if (await hasRun(target, run)) return
  const [other] = await target.ledger.runs(1)
  const named = other === undefined ? `\`nightferry runs ${migration}\` lists them` : `\`--run ${other.run}\``
  throw new Failure('refused', `Run ${run} ended before it read anything`, {
    remedy: `Start a new run: \`nightferry run FILE\`; or name another one: ${named}.`,
  })
}

const SERVER: ReadonlySet<FailureKind> = new Set<FailureKind>([
  'target-unreachable',
  'target-login',
  'connection-unknown',
])
