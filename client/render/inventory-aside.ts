import type { InventoryDocument } from '../../core/api.js'
import type { Generation } from '../../core/generation.js'
import { bytes, moment, plural } from '../../core/numbers.js'
import { plain } from './text.js'

type Aside = NonNullable<InventoryDocument['aside']>

/** Databases that never became what people read. */
export function removedAside({ generations }: Aside, removes: string): string[] {
  const never = generations.filter(({ since, published }) => since === null && !published)
  if (never.length === 0) return []
  return [
    `  databases ${removes} ${plural(never.length, 'database')} that never ${never.length === 1 ? 'was' : 'were'} published:`,
    ...never.map((one) => `            ${plain(one.database)} of run ${one.run}, ${bytes(one.bytes)}`),
  ]
}

/** What was published, and what was made of it, with the statement that a person would drop it by. */
export function keptAside(database: string, { generations, copies }: Aside): string[] {
  const published = copies.find(({ name }) => name === null)
  const used = generations.filter((one) => one.since !== null || one.published)
  const whatOf = (one: Generation): string =>
    one.database === database ? 'published' : one.published ? 'published as a copy' : 'was published'
  return [
    ...(published === undefined ? [] : [line(published, 'published', published.made)]),
    ...used.map((one) => line(one, whatOf(one), one.since)),
    ...copies.filter(({ name }) => name !== null).map((one) => line(one, `copy ${one.name}`, one.made)),
  ]
}

const line = (
  { database, run, bytes: size }: { readonly database: string; readonly run: string; readonly bytes: number },
  what: string,
  since: string | null,
): string =>
  `  database ${plain(database)}: ${what}, run ${run}${since === null ? '' : `, ${moment(since)}`}, ${bytes(size)}; DROP DATABASE ${ident(database)};`

const ident = (name: string): string => `"${plain(name).replaceAll('"', '""')}"`
