import { expect, test } from 'vitest'
import { CONVERSIONS } from '../../core/casts/conversions.js'
import { familyOf } from '../../core/casts/family.js'
import { parseZeroDatePolicy } from '../../core/casts/zero-date.js'
import type { ZeroDatePolicy } from '../../core/cast.js'
import type { PlannedTable } from '../../core/plan/types.js'
import { notWitnessed } from '../../core/plan/witnessed.js'
import { castColumn } from '../../core/casts/cast-column.js'
import { column, NO_FEATURES } from '../support/catalog.js'
import { makeTables, planTables, type TypedTable } from '../support/witness-tables.js'
import { WITNESS_PAIRS, ZERO_DATE_PAIRS } from '../support/witness-pairs.js'
import { hasVector, inSource, inTarget, isMariaDb, withCopied, type Copied } from '../support/witnessed.js'

const here = WITNESS_PAIRS.filter(({ only }) => only === undefined || (only === 'mariadb' ? isMariaDb : hasVector))

const PAIRS: readonly TypedTable[] = here.map(({ from, to, values }) => ({
  from,
  values,
  rules: to.map((type) => (type === 'house' ? null : { to: type })),
}))

const ZERO_DATES: readonly TypedTable[] = ZERO_DATE_PAIRS.map(({ from, to, zero, values }) => ({
  from,
  values,
  rules: to.flatMap((type) =>
    zero.map((text) => ({ to: type, onZeroDate: parseZeroDatePolicy(text) as ZeroDatePolicy })),
  ),
}))

/** Puts another row's value, and NULL, into each column of one row in turn. Returns how many columns were tried. */
async function seesEveryColumn(copied: Copied): Promise<number> {
  let tried = 0
  for (const table of copied.plan.tables) {
    const name = `${table.source} ${table.columns[1]?.cast.from}`
    expect(notWitnessed(table), name).toEqual([])
    const right = await inSource(copied, table)
    expect(await inTarget(copied, table), name).toEqual(right)
    const t = table.target
    await copied.postgres(`create table kept as select * from ${t}`)
    for (const { target: v, cast } of table.columns.slice(1)) {
      const restore = `update ${t} t set ${v} = k.${v} from kept k where k.id = t.id and t.id = 1`
      const other = `select k.${v} from kept k where k.${v}::text is distinct from t.${v}::text order by k.${v} is null limit 1`
      await copied.postgres(`update ${t} t set ${v} = (${other}) where id = 1`)
      expect(await inTarget(copied, table), `${name} ${v} ${cast.to}`).not.toEqual(right)
      await copied.postgres(`${restore}; update ${t} set ${v} = null where id = 1`)
      expect(await inTarget(copied, table), `${name} ${v} ${cast.to} NULL`).not.toEqual(right)
      await copied.postgres(restore)
      tried++
    }
    await copied.postgres('drop table kept')
    expect(await inTarget(copied, table), name).toEqual(right)
  }
  return tried
}

test('the witness agrees under every cast that a rule may ask for, and sees a value or a NULL that is another', async () => {
  await withCopied(
    makeTables(PAIRS),
    (source) => planTables(source, PAIRS),
    async (copied) => {
      expect(await seesEveryColumn(copied)).toBeGreaterThan(80)
    },
  )
})

test('the witness agrees about dates that no calendar has, whatever became of them', async () => {
  await withCopied(
    makeTables(ZERO_DATES),
    (source) => planTables(source, ZERO_DATES),
    async (copied) => {
      for (const table of copied.plan.tables)
        expect(await inTarget(copied, table), table.columns[1]?.cast.from).toEqual(await inSource(copied, table))
      const days = copied.plan.tables[0] as PlannedTable
      await copied.postgres(`update t0 set v3 = '-infinity' where v3 = 'infinity' and id = 1`)
      expect(await inTarget(copied, days)).not.toEqual(await inSource(copied, days))
    },
  )
})

test('no cast that these servers can show is left out here, and only jsonb and PostGIS are not witnessed', () => {
  const possible = Object.entries(CONVERSIONS).flatMap(([family, row]) =>
    Object.keys(row).map((to) => `${family} ${to}`),
  )
  const shown = new Set(
    WITNESS_PAIRS.flatMap(({ from, to }) =>
      to.map((asked) => {
        const { cast } = castColumn(
          column('v', from),
          't',
          asked === 'house' ? [] : [{ column: 't.v', to: asked }],
          [],
          NO_FEATURES,
        )
        return `${familyOf(column('v', from).type)} ${cast.to.replace(/\(.*\)/, '')}`
      }),
    ),
  )
  // Narrower integers differ from wider ones in nothing but their range.
  const notHere = /jsonb$|^geometry geometry$|^\w+ (smallint|integer|bigint)$/
  expect(possible.filter((pair) => !shown.has(pair) && !notHere.test(pair))).toEqual([])
})
