import type { CastRule } from '../../core/config/types.js'
import { buildPlan } from '../../core/plan/build-plan.js'
import { profileQuestions } from '../../core/casts/profile.js'
import type { Plan } from '../../core/plan/types.js'
import type { SourcePort } from '../../core/ports.js'
import { config, NO_FEATURES } from './catalog.js'

/** One table `t<n>`: a column of the source's type for each thing that rules make of it, and a row for each value and NULL. */
export interface TypedTable {
  readonly from: string
  readonly values: readonly string[]
  /** Of each column: what its rule says; null where there is none. */
  readonly rules: readonly (Omit<CastRule, 'type' | 'column'> | null)[]
}

export function makeTables(tables: readonly TypedTable[]): string {
  return tables
    .map(({ from, values, rules }, n) => {
      const type = from.endsWith(' null') ? from : `${from} null`
      const columns = rules.map((_, i) => `v${i} ${type}`).join(', ')
      const rows = [...values, 'NULL'].map((value, id) => `(${id}, ${rules.map(() => value).join(', ')})`)
      return `create table t${n} (id int primary key, ${columns}) character set utf8mb4; insert into t${n} values ${rows.join(', ')}`
    })
    .join('; ')
}

/** The plan that the product makes of a real source under these rules. Refuses one with a finding that blocks. */
export async function planTables(source: SourcePort, tables: readonly TypedTable[]): Promise<Plan> {
  const casts = tables.flatMap(({ rules }, n) =>
    rules.flatMap((rule, i) => (rule === null ? [] : [{ column: `t${n}.v${i}`, ...rule }])),
  )
  const settings = { ...config(), casts: casts as CastRule[] }
  const catalog = await source.catalog()
  const answers = await source.profile(profileQuestions(catalog, settings), new AbortController().signal)
  const plan = buildPlan({ catalog, config: settings, answers, features: NO_FEATURES })
  const blocking = plan.findings.filter(({ severity }) => severity === 'blocking')
  if (blocking.length > 0) throw new Error(blocking.map(({ subject, message }) => `${subject}: ${message}`).join('\n'))
  return plan
}
