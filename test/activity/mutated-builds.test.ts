import { afterAll, expect, it } from 'vitest'
import type { TableProof } from '../../core/proof.js'
import { load, mutated, type Mutation } from '../support/mutated.js'
import { prove, verifyOf } from '../support/prove.js'
import { numbers } from '../support/repair.js'
import { withSite } from '../support/site.js'

/** Read in several chunks. */
const limits = { parallelism: 2, chunkBytes: 4000 }

const SOURCE = `
  create table visit (
    id int primary key, at datetime not null, billed decimal(10,2) not null, paid decimal(10,2) not null,
    price varchar(20) character set latin1 not null
  );
  insert into visit ${numbers(500)} select n, '2026-03-01 10:00:00' + interval n minute, n / 4, n / 8,
    concat(_latin1 x'80', ' ', n) from s;
  analyze table visit`

const [AT, BILLED, PAID, PRICE] = [1, 2, 3, 4] as const

const change =
  (column: number, how: (value: string) => string): Mutation =>
  (lines) =>
    lines.map((fields) => fields.map((value, i) => (i === column ? how(value) : value)))

const MUTATIONS: Readonly<Record<string, Mutation>> = {
  'no mistake': (lines) => lines,
  'datetime one hour late': change(AT, (at) =>
    at.replace(/ (\d\d)/, (_, hour) => ` ${String(+hour + 1).padStart(2, '0')}`),
  ),
  'last row of a chunk dropped': (lines) => lines.slice(0, -1),
  '0x80 changed in latin1': change(PRICE, (price) => price.replace('€', '\u0080')),
  'two columns of one type swapped': (lines) =>
    lines.map((fields) =>
      fields.map((value, i) => (i === BILLED ? fields[PAID]! : i === PAID ? fields[BILLED]! : value)),
    ),
}

const seen: string[] = []

it.each(Object.keys(MUTATIONS))(
  'a build with %s has S0, T and S1 alike; what is wrong, the witness sees alone',
  (name) =>
    withSite(
      SOURCE,
      async (site) => {
        const right = name === 'no mistake'
        await load(site, { limits })
        expect(await prove(site), 'the run').toMatchObject({ unclean: right ? 0 : 1, stopped: right ? 0 : 1 })
        expect(await site.states()).toEqual([right ? 'done' : 'stopped'])
        await prove(site, verifyOf(site, { withSource: true, witness: 1 }))
        const { ledger } = await site.ports.target('to', null)
        const [table] = (await ledger.proofReport(verifyOf(site).proof))?.tables ?? []
        const { s0, t, s1, witness, verdict } = table as TableProof
        const sees = [t !== s0, s1 !== s0, witness?.agrees !== true].map((it) => (it ? 'sees it' : '-'))
        seen.push([name, ...sees, verdict].join(' | '))
        expect(s0).toMatch(/^[0-9a-f]{64}$/)
        expect([t, s1]).toEqual([s0, s0])
        expect(witness?.ranges).toBeGreaterThan(3)
        expect([witness?.agrees, verdict]).toEqual(right ? [true, 'equal'] : [false, 'witness disagrees'])
      },
      mutated(MUTATIONS[name] as Mutation),
    ),
)

afterAll(() => {
  console.log(['mistake | T against S0 | S1 against S0 | witness | verdict', ...seen].join('\n'))
})
