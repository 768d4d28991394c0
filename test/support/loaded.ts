import type { Plan } from '../../core/plan/types.js'
import type { TableRepair, TargetPort } from '../../core/ports.js'
import type { ProofRequest } from '../../core/proof.js'
import { openPostgresTarget } from '../../databases/postgres/adapter.js'
import { onPostgres, uniqueName, withPostgresDatabase } from './servers.js'
import { begin, column, id, loadLines, planOf, primaryKey, RUN, table } from './target.js'

const KEY = { source: 'fk', target: 'child_parent_fkey', columns: ['parent_id'], referencedTable: 'parent' } as const

const PLAN = planOf([
  table('parent', [id(), column('name', 'text')], primaryKey('parent_pkey', 'id')),
  table('child', [id(), column('parent_id', 'bigint')], {
    ...primaryKey('child_pkey', 'id'),
    foreignKeys: [{ ...KEY, referencedColumns: ['id'], onUpdate: 'CASCADE', onDelete: 'CASCADE' }],
  }),
])

export const REQUEST: ProofRequest = {
  ...{ proof: `${RUN}.2`, run: RUN, kind: 'repair', withSource: false, witness: 0, tables: [0, 1] },
}

export const never = new AbortController().signal
export const digest = (rows: number) => ({ ordinal: 0, digest: { rows, bytes: 10 * rows, value: 'ab'.repeat(32) } })

export interface Loaded {
  readonly target: TargetPort
  readonly plan: Plan
  /** The account. */
  readonly owner: string
  sql(text: string): Promise<Record<string, unknown>[]>
}

/** Parent and child, loaded, under an account that owns its database, and may be more. */
export async function withLoaded(attributes: string, use: (loaded: Loaded) => Promise<void>): Promise<void> {
  const role = uniqueName('owner')
  await withPostgresDatabase(async (name, url) => {
    await onPostgres(
      url,
      `create role ${role} login ${attributes}; alter database ${name} owner to ${role};
      alter schema public owner to ${role}`,
    )
    const as = new URL(url)
    as.username = role
    const target = openPostgresTarget(as.href, 'shop-postgres', null)
    try {
      await begin(target, PLAN)
      await loadLines(target, PLAN, 0, ['1\tada', '2\tbob', '3\teve'])
      await loadLines(target, PLAN, 1, ['10\t1', '20\t2', '30\t\\N'])
      for (const one of PLAN.tables) await target.buildPrimaryKey(PLAN, one, never)
      for (const one of PLAN.tables) await target.addForeignKeys(PLAN, one)
      for (const one of PLAN.tables) await target.validateForeignKeys(PLAN, one, never)
      await target.ledger.openProof(REQUEST, [0, 1])
      await use({ target, plan: PLAN, owner: role, sql: (text) => onPostgres(url, text) })
    } finally {
      await target.close()
    }
  })
  const { TEST_POSTGRES_URL: admin } = process.env
  await onPostgres(admin!, `drop role ${role}`)
}

/** Row ids of the rows with these keys. */
export const idsOf = async ({ sql }: Loaded, name: string, keys: string): Promise<string[]> =>
  (await sql(`select ctid::text as c from ${name} where id in (${keys}) order by id`)).map(({ c }) => c as string)

export const open = ({ target, plan }: Loaded, ordinal: number): Promise<TableRepair> =>
  target.repair(plan, plan.tables[ordinal]!, REQUEST, never)
