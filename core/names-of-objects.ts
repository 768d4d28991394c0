import { clipUtf8, shortHash, utf8Length } from './text.js'

/** PostgreSQL's limit for a name, in bytes. */
export const MAX_NAME_BYTES = 63

/** A name that PostgreSQL takes whole: a longer one is cut and ends in a hash of what it was. */
export function fitName(name: string): string {
  if (utf8Length(name) <= MAX_NAME_BYTES) return name
  return `${clipUtf8(name, MAX_NAME_BYTES - 9)}_${shortHash(name)}`
}

/** How a table or a column is called in the target. */
export const targetName = (source: string): string => fitName(source.toLowerCase())

/**
 * Tables, indexes, sequences and types of a schema share one name space. Tables keep their names, so they go first;
 * what comes later and finds its name taken gets a hash of its own behind it. The same order gives the same names.
 */
export class NameSpace {
  readonly #owners = new Map<string, string>()

  /** Who has the name, or null. */
  ownerOf(name: string): string | null {
    return this.#owners.get(name) ?? null
  }

  /** Takes the name as it is; the present owner where it is taken already. */
  reserve(name: string, owner: string): string | null {
    const present = this.ownerOf(name)
    if (present === null) this.#owners.set(name, owner)
    return present
  }

  /** Takes the name, or one like it that is free. `owner` says what it is for: `index orders.idx_a`. */
  claim(wanted: string, owner: string): string {
    for (let attempt = 0; ; attempt++) {
      const name = attempt === 0 ? fitName(wanted) : suffixed(wanted, shortHash(`${owner}#${attempt}`))
      if (this.reserve(name, owner) === null) return name
    }
  }
}

const suffixed = (name: string, hash: string): string => `${clipUtf8(name, MAX_NAME_BYTES - 1 - hash.length)}_${hash}`

/** `orders_idx_customer`, but `orders_customer_idx` as it is: many schemas begin index names with the table's. */
export function indexName(table: string, index: string): string {
  const name = index.toLowerCase()
  return name.startsWith(`${table}_`) ? name : `${table}_${name}`
}

/** The sequence of an identity column, as PostgreSQL would call it where nothing has to be cut. */
export const sequenceName = (table: string, column: string): string =>
  `${clipUtf8(`${table}_${column}`, MAX_NAME_BYTES - '_seq'.length)}_seq`

/** Every table has these beside its columns. */
export const SYSTEM_COLUMNS: readonly string[] = ['tableoid', 'xmin', 'cmin', 'xmax', 'cmax', 'ctid']
