import type { Part, PreparedRun, Stopped } from '../activities/messages.js'
import { eachOf, type StepEnd } from './each-of.js'
import { isInterrupted, type Tables } from './halt.js'
import { park } from './park.js'
import { lanesOf, type Pass } from './pass.js'
import { data, named } from './steps.js'

interface NamedPart {
  readonly part: Part
  readonly name: string
  readonly tables: number
  readonly validate: boolean
  /** Its tables. */
  readonly of: Tables
}

/** Big tables first, then bundles. */
export function partsOf({ big, bundles }: PreparedRun): NamedPart[] {
  return [
    ...big.map(({ table, name, validate: v }) => ({ part: { table }, name, tables: 1, validate: v, of: table })),
    ...bundles.map(({ bundle, tables, validate: v, of }) => {
      return { part: { bundle }, name: `bundle ${bundle} (${tables} tables)`, tables, validate: v, of }
    }),
  ]
}

/** Validates foreign keys and checks, as many parts at a time as the run has sessions. */
export async function validate(pass: Pass): Promise<StepEnd> {
  pass.show.enter('constraints')
  const referring = (pass.cursor.referring ?? []).map(({ table, name }) => {
    return { part: { table }, name, tables: 1, validate: true, of: table }
  })
  const parts = [...partsOf(pass.cursor.prepared).filter((part) => part.validate), ...referring]
  return await eachPart(pass, parts, ({ part, name }) =>
    named(data.validateForeignKeys, `${name}: validate constraints`, { ref: pass.ref, part }),
  )
}

/** What a table gets before its proof: its counter, and a vacuum. */
export async function seal(pass: Pass): Promise<StepEnd> {
  pass.show.enter('vacuum')
  return await eachPart(pass, partsOf(pass.cursor.prepared), ({ part, name }) =>
    named(data.sealTables, `${name}: counter, vacuum`, { ref: pass.ref, part }),
  )
}

async function eachPart(
  pass: Pass,
  parts: readonly NamedPart[],
  work: (part: NamedPart) => Promise<Stopped>,
): Promise<StepEnd> {
  const { cursor, halt, knobs } = pass
  return await eachOf({
    ...{ items: parts, cursor, halt, lanes: () => lanesOf(pass) },
    watch: (wake) => knobs.onChange(wake),
    tablesOf: ({ of }) => of,
    work: async (part) => {
      try {
        cursor.stopped += (await halt.run(() => work(part), part.of)).stopped
      } catch (error) {
        if (isInterrupted(error)) throw error
        await park(pass, part.part, error)
        cursor.stopped += part.tables
      }
    },
  })
}
