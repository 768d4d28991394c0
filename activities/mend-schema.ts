import type { PlannedTable } from '../core/plan/types.js'
import type { SchemaDifference } from '../core/ports.js'
import type { KeyLeft } from '../core/proof.js'
import { schemaToMend } from '../core/repair.js'
import { quoteName } from '../core/sql-text.js'
import { asFailure } from './failing.js'
import type { Site } from './plans.js'
import type { MendedSchema, MendFailure, MendSchemaInput } from './repair-messages.js'
import { step } from './step.js'
import type { Tools } from './tools.js'

/**
 * Rebuilds invalid indexes, validates constraints and moves counters forward. What cannot be mended is told with its
 * remedy, and the next thing follows. Repeatable: what is mended is no difference any more.
 */
export const mendSchema = (tools: Tools) =>
  step(tools, 'mendSchema', async ({ ref, proof, tables }: MendSchemaInput, attempt): Promise<MendedSchema> => {
    const site = await tools.plans.siteOf(ref)
    const todo = schemaToMend(await site.target.compareSchema(site.plan)).filter(isWanted(site, tables))
    const failures: MendFailure[] = []
    for (const [i, difference] of todo.entries()) {
      attempt.signal.throwIfAborted()
      attempt.beat({ differences: i, of: todo.length })
      try {
        await mend(site, difference, attempt.signal)
      } catch (error) {
        if (!attempt.endsTable(error)) throw error
        const { message, details } = asFailure(error, 'mendSchema')
        failures.push({ table: difference.table ?? '', message, remedy: details.remedy })
      }
    }
    const mended = todo.length - failures.length
    const keysLeft = proof === undefined ? [] : await site.ledger.keysLeftBy(proof)
    return { mended, failures: [...failures, ...keysLeft.map(leftNotValid)] }
  })

/** Before it held, and the repair of its rows is done. */
const leftNotValid = ({ schema, table, key, why }: KeyLeft): MendFailure => ({
  table: `${schema}.${table}`,
  message: `the foreign key ${key}, which no plan made and which held before, is NOT VALID now: ${why}`,
  remedy:
    `Mend the rows of ${schema}.${table}, then in the target: ` +
    `ALTER TABLE ${quoteName(schema)}.${quoteName(table)} VALIDATE CONSTRAINT ${quoteName(key)}.`,
})

/** Those of the tables, and foreign keys to them: a repair of their rows may have left those to be validated. */
function isWanted({ plan }: Site, ordinals: readonly number[] | null): (difference: SchemaDifference) => boolean {
  if (ordinals === null) return () => true
  const wanted = plan.tables.filter(({ ordinal }) => ordinals.includes(ordinal))
  const names = new Set(wanted.map(({ source }) => source))
  const targets = new Set(wanted.map(({ target }) => target))
  const keys = plan.tables.flatMap((table) =>
    table.foreignKeys
      .filter(({ referencedTable }) => targets.has(referencedTable))
      .map((key) => `foreign key ${table.target}.${key.target}`),
  )
  return ({ table, subject }) => names.has(table ?? '') || keys.includes(subject)
}

const KINDS = ['primary key', 'index', 'foreign key', 'check', 'counter'] as const

async function mend(site: Site, { table: name, subject }: SchemaDifference, signal: AbortSignal): Promise<void> {
  const { plan, target } = site
  const table = plan.tables.find(({ source }) => source === name)
  if (table === undefined) throw new Error('a difference that can be mended has no table')
  const kind = KINDS.find((k) => subject.startsWith(`${k} `))
  switch (kind) {
    case 'primary key':
      return await target.buildPrimaryKey(plan, table, signal)
    case 'index':
      return await target.buildIndex(plan, table, indexOf(table, subject), signal)
    case 'foreign key':
    case 'check':
      return await target.validateForeignKeys(plan, table, signal)
    case 'counter':
      return await target.setIdentity(plan, table, (await site.source.nextIdentity(table)) ?? '1')
    case undefined:
      throw new Error('a difference that can be mended is of no known kind')
  }
}

const indexOf = (table: PlannedTable, subject: string): number =>
  table.indexes.findIndex((index) => subject === `index ${table.target}.${index.target}`)
