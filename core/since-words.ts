import type { TableReport } from './report.js'
import { plain } from './text.js'
import { plural } from './numbers.js'

/** What became of tables after their run's end, and of which moment their rows are since: a sentence each. */
export function sinceWords(tables: readonly TableReport[]): string[] {
  const kept = tables.filter(({ provedBy, label }) => provedBy === undefined && label === 'snapshot').length
  return [
    ...tables.flatMap(({ table, provedBy, label }) => {
      const how =
        provedBy === undefined ? 'read again by a repair or a retry' : `mended by repair ${provedBy}, and proved`
      if (label === 'best-effort') return [`${plain(table)}: ${how}; best-effort since: of the source as it was then`]
      return provedBy === undefined ? [] : [`${plain(table)}: ${how}`]
    }),
    ...(kept === 0 ? [] : [`${plural(kept, 'table')}: as the run's own snapshot read ${kept === 1 ? 'it' : 'them'}`]),
  ]
}
