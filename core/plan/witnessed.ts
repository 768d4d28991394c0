import type { Encoding } from '../cast.js'
import type { PlannedColumn, PlannedTable } from './types.js'

/**
 * Whether SQL can say a value of this encoding exactly and alike in both servers. Not of jsonb, whose normal form no
 * expression of the source writes, nor of PostGIS's geometry, whose functions lie in a schema of their owner's choosing.
 */
function isWitnessed({ as }: Encoding): boolean {
  switch (as) {
    case 'json':
    case 'ewkb':
      return false
    case 'integer':
    case 'decimal':
    case 'real':
    case 'double':
    case 'boolean':
    case 'bit-boolean':
    case 'bits':
    case 'bit-integer':
    case 'text':
    case 'bytes':
    case 'date':
    case 'timestamp':
    case 'time':
    case 'interval':
    case 'enum':
    case 'set':
    case 'uuid':
    case 'uuid-bytes':
    case 'inet':
    case 'wkb':
    case 'vector':
      return true
  }
}

/** The columns that the witness looks at, in the plan's order: both sides must leave out the same ones. */
export const witnessedColumns = (table: PlannedTable): PlannedColumn[] =>
  table.columns.filter(({ cast }) => isWitnessed(cast.encoding))

/** The columns that it leaves out, by the source's names: no independent expression exists for their type. */
export const notWitnessed = (table: PlannedTable): string[] =>
  table.columns.filter(({ cast }) => !isWitnessed(cast.encoding)).map(({ source }) => source)
