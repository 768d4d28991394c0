import { isCancellation } from '@temporalio/workflow'
import type { Part, PreparedRun, Stopped } from '../activities/messages.js'
import { isLongWithChildren } from './limits.js'
import { park } from './park.js'
import { openPool } from './pool.js'
import type { RunCursor, RunInput, StepEnd } from './run.js'
import type { Show } from './show-run.js'
import { data, named } from './steps.js'

interface NamedPart {
  readonly part: Part
  readonly name: string
  readonly tables: number
  readonly validate: boolean
}

/** Big tables first, then bundles. */
export function partsOf({ big, bundles }: PreparedRun): NamedPart[] {
  return [
    ...big.map(({ table, name, validate: v }) => ({ part: { table }, name, tables: 1, validate: v })),
    ...bundles.map(({ bundle, tables, validate: v }) => {
      return { part: { bundle }, name: `bundle ${bundle} (${tables} tables)`, tables, validate: v }
    }),
  ]
}

/** Validates foreign keys and checks, as many parts at a time as the run has sessions. */
export async function validate({ ref }: RunInput, cursor: RunCursor, show: Show): Promise<StepEnd> {
  show.enter('constraints')
  const parts = partsOf(cursor.prepared).filter((part) => part.validate)
  return await eachPart(cursor, parts, ref, async ({ part, name }) => {
    return await named(data.validateForeignKeys, `${name}: validate constraints`, { ref, part })
  })
}

/** What a table gets before its proof: its counter, and a vacuum. */
export async function seal({ ref }: RunInput, cursor: RunCursor, show: Show): Promise<StepEnd> {
  show.enter('vacuum')
  return await eachPart(cursor, partsOf(cursor.prepared), ref, async ({ part, name }) => {
    return await named(data.sealTables, `${name}: counter, vacuum`, { ref, part })
  })
}

async function eachPart(
  cursor: RunCursor,
  parts: readonly NamedPart[],
  ref: RunInput['ref'],
  work: (part: NamedPart) => Promise<Stopped>,
): Promise<StepEnd> {
  const pool = openPool()
  const one = async (part: NamedPart): Promise<void> => {
    try {
      cursor.stopped += (await work(part)).stopped
    } catch (error) {
      if (isCancellation(error)) throw error
      cursor.stopped += part.tables
      await park(ref, part.part, error)
    }
  }
  await pool.drain(() => {
    while (!isLongWithChildren() && pool.busy() < cursor.prepared.parallelism) {
      const part = parts[cursor.next]
      if (part === undefined) return
      cursor.next++
      pool.start(() => one(part))
    }
  })
  return cursor.next < parts.length ? 'long' : 'done'
}
