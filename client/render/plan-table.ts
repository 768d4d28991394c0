import type { PlannedColumn, PlannedForeignKey, PlannedIndex, PlannedTable } from '../../core/plan/types.js'
import type { Paint } from '../output.js'
import { aboutBytes, aboutRows } from '../../core/numbers.js'
import { table } from './table.js'
import { indent, plain } from './text.js'

/** One table of a plan: its columns with their casts, its keys, how it is cut. */
export function renderTable(t: PlannedTable, paint: Paint): string[] {
  const name = t.source === t.target ? plain(t.source) : `${plain(t.source)} -> ${plain(t.target)}`
  const columns = [
    { title: '' },
    { title: 'from' },
    { title: 'to' },
    { title: '' },
    { title: 'default' },
    { title: 'rule' },
  ]
  return [
    `${paint('bold', name)}  ${aboutRows(t.estimatedRows)}, ${aboutBytes(t.estimatedBytes)}, ${cut(t)}`,
    ...indent(
      table(
        columns,
        t.columns.map((c) => columnCells(t, c)),
        paint,
      ),
      2,
    ),
    ...indent(keys(t), 2),
  ]
}

function columnCells(t: PlannedTable, c: PlannedColumn): string[] {
  return [
    c.source === c.target ? plain(c.source) : `${plain(c.source)} -> ${plain(c.target)}`,
    plain(c.cast.from),
    plain(c.cast.to),
    c.notNull ? 'not null' : '',
    t.identity?.column === c.target ? `identity from ${t.identity.next}` : plain(c.default ?? ''),
    c.cast.rule,
  ]
}

function cut(t: PlannedTable): string {
  if (t.key === null) return 'no key: one chunk, which starts again if it breaks off'
  return `cut by ${plain(t.key.index)} (${t.key.columns.map((c) => plain(c.column)).join(', ')})`
}

function keys(t: PlannedTable): string[] {
  return [
    ...(t.primaryKey === null ? [] : [`primary key ${columnList(t.primaryKey)}`]),
    ...t.indexes.map((i) => `${i.unique ? 'unique key' : 'index'} ${plain(i.target)} ${columnList(i)}`),
    ...t.foreignKeys.map(foreignKey),
    ...t.enums.map((e) => `enum type ${plain(e.name)} (${e.labels.map((l) => `'${plain(l)}'`).join(', ')})`),
    ...t.checks.map((c) => `check ${plain(c.name)}: ${plain(c.expression)}`),
  ]
}

const columnList = (i: PlannedIndex): string =>
  `(${i.columns.map((c) => plain(c.column) + (c.descending ? ' desc' : '')).join(', ')})`

function foreignKey(f: PlannedForeignKey): string {
  const rules = [
    f.onDelete === 'NO ACTION' ? '' : ` on delete ${f.onDelete.toLowerCase()}`,
    f.onUpdate === 'NO ACTION' ? '' : ` on update ${f.onUpdate.toLowerCase()}`,
  ].join('')
  const columns = f.columns.map(plain).join(', ')
  return `foreign key ${plain(f.target)} (${columns}) -> ${plain(f.referencedTable)} (${f.referencedColumns.map(plain).join(', ')})${rules}`
}
