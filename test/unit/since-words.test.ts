import { describe, expect, it } from 'vitest'
import type { TableReport } from '../../core/report.js'
import { sinceWords } from '../../core/since-words.js'

const table = (name: string, more: Partial<TableReport> = {}): TableReport => ({
  ...{ table: name, target: name, state: 'done', rowsRead: 1, rowsLoaded: 1, rowsCounted: 1, bytes: 1, chunks: 1 },
  ...{ seconds: { copy: 0, indexes: 0, constraints: 0, vacuum: 0 }, failures: [] },
  ...more,
})

describe('what became of tables since their run ended', () => {
  it('is nothing where nobody touched them', () => {
    expect(sinceWords([table('a'), table('b')])).toEqual([])
  })

  it('names those that were read again or mended, and counts those that were not', () => {
    const tables = [
      table('a', { label: 'snapshot' }),
      table('b', { label: 'best-effort' }),
      table('c', { label: 'snapshot' }),
      table('d', { provedBy: '20261121-030000.2' }),
    ]
    expect(sinceWords(tables)).toEqual([
      'b: read again by a repair or a retry; best-effort since: of the source as it was then',
      'd: mended by repair 20261121-030000.2, and proved',
      "2 tables: as the run's own snapshot read them",
    ])
  })
})
