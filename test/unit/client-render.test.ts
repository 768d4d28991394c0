import { describe, expect, test } from 'vitest'
import type { Remembered } from '../../core/memory.js'
import type { RunReport } from '../../core/report.js'
import { noPaint } from '../../client/output.js'
import { about, bytes, count, seconds, timeLeft } from '../../core/numbers.js'
import { renderCheck, renderPlan } from '../../client/render/plan.js'
import { renderReport, renderUnread } from '../../client/render/report.js'
import { renderRuns } from '../../client/render/runs.js'
import { table } from '../../client/render/table.js'
import { plain, shorten, width, wrap } from '../../client/render/text.js'
import { inspection, plan, plannedTable, report, summary, tableReport } from '../support/client-documents.js'

describe('numbers', () => {
  test.each([
    [count(1_234_567), '1,234,567'],
    [bytes(0), '0 B'],
    [bytes(999), '999 B'],
    [bytes(1000), '1.0 kB'],
    [bytes(12_345_678), '12.3 MB'],
    [bytes(99_960_000), '100 MB'],
    [bytes(999_700_000), '1.0 GB'],
    [about(0), 'about 0'],
    [about(42), 'about 42'],
    [about(398_765), 'about 400,000'],
    [seconds(0.418), '0.42 s'],
    [seconds(12.34), '12.3 s'],
    [seconds(59.97), '1 min 00 s'],
    [seconds(185), '3 min 05 s'],
    [seconds(4320), '1 h 12 min'],
    [timeLeft(0.2), '1 s'],
    [timeLeft(75.4), '1 min 15 s'],
  ])('%s reads %s', (shown, wanted) => expect(shown).toBe(wanted))
})

describe('text', () => {
  test('control characters of a foreign name never reach the terminal', () => {
    expect(plain('a\u001b[2Jb\u0007c\nd\u009b31m')).toBe('a [2Jb c d 31m')
  })
  test('a wide character takes two columns, a combining one none', () => {
    expect(width('表a')).toBe(3)
    expect(width('e\u0301')).toBe(1)
    expect(shorten('注文明細テーブル', 7)).toBe('注文明…')
  })
  test('wrapping loses no word and breaks only at blanks', () => {
    const text = 'one two three four five'
    expect(wrap(text, 9)).toEqual(['one two', 'three', 'four five'])
    expect(wrap(text, 9).join(' ')).toBe(text)
  })
  test('columns stand below each other, numbers to the right', () => {
    const lines = table(
      [{ title: 'name' }, { title: 'rows', align: 'right' }],
      [
        ['表', '5'],
        ['orders', '1,000'],
      ],
    )
    expect(lines).toEqual(['name     rows', '表          5', 'orders  1,000'])
  })
})

describe('plan', () => {
  const text = (differs = {}): string => renderPlan(inspection(differs), noPaint).join('\n')

  test('shows each column with its cast and the rule that gave it', () => {
    expect(text()).toMatch(/id +int\(10\) unsigned +bigint +not null +identity from 1001 +house/)
    expect(text()).toMatch(/state +tinyint\(1\) +smallint +1 +casts\[0\]/)
  })
  test('says about on every estimate', () => {
    expect(text()).toContain('1 table, about 990,000 rows, about 46 MB')
  })
  test('a table without a key says that it starts again', () => {
    expect(text({ plan: plan({ tables: [plannedTable('log', { key: null })] }) })).toContain('no key: one chunk')
  })
  test('what is not carried stands there with its whole original text', () => {
    const original = `CREATE VIEW v AS\nSELECT ${'x, '.repeat(100)}1`
    const item = { kind: 'view', name: 'v', table: null, reason: 'views come later', original }
    const shown = text({ plan: plan({ notCarried: [item] }) })
    expect(shown).toContain('Not carried (1)')
    for (const line of original.split('\n')) expect(shown).toContain(line)
  })
  test('findings come worst first, each with its remedy', () => {
    const finding = (name: string, severity: 'blocking' | 'warning' | 'info') => ({
      ...{ name, severity, subject: name, message: `${name} is so`, remedy: `mend ${name}` },
    })
    const shown = renderCheck(
      inspection({ findings: [finding('a', 'info'), finding('b', 'blocking'), finding('c', 'warning')] }),
      noPaint,
    )
    expect(shown[0]).toContain('no, not yet: 1 blocking finding, 1 warning, 1 note')
    expect(shown.filter((line) => line.includes('is so')).map((line) => line.trim().split(' ')[0])).toEqual([
      'blocking',
      'warning',
      'info',
    ])
    for (const name of ['a', 'b', 'c']) expect(shown.join('\n')).toContain(`Mend ${name}`)
  })
  test('changes show before and after', () => {
    const changes = [
      { change: 'changed', subject: 'column orders.flags', before: 'boolean', after: 'smallint' },
    ] as const
    expect(text({ changes })).toContain('~ column orders.flags: boolean -> smallint')
    expect(text({ changes: [] })).toContain('Nothing changes against the applied version.')
  })
})

describe('report', () => {
  const text = (differs = {}, originals: 'whole' | 'short' = 'whole'): string =>
    renderReport(report(differs), noPaint, originals).join('\n')

  test('says under which label the rows were read', () => {
    expect(text()).toContain('read best-effort: each chunk is of its own moment')
  })
  test('rows read, loaded and counted stand beside each other, with sizes and seconds', () => {
    expect(text()).toMatch(/orders +1,234,567 +1,234,567 +1,234,567 +98\.2 MB +12\.3 s +3\.5 s +0\.02 s +done/)
    expect(text()).toMatch(/1 table +1,234,567/)
  })
  test('a stopped table is named with row, column, reason and remedy', () => {
    const failure = {
      kind: 'row-refused',
      message: 'a value does not fit',
      remedy: 'Cast it to text.',
      column: 'born',
      key: 'id=17',
      reason: '0000-00-00 is no date',
    } as const
    const shown = text({ tables: [tableReport('people', { state: 'stopped', failures: [failure] })] })
    for (const part of [
      'people.born',
      'a value does not fit',
      'row id=17',
      '0000-00-00 is no date',
      'Cast it to text.',
    ])
      expect(shown).toContain(part)
  })
  test('in short, what was lost for the same reason is one line with all the names, and says where the texts are', () => {
    const item = (kind: string, table: string | null, name: string) => ({
      ...{ kind, table, name, reason: `no ${kind} yet`, original: `CREATE ${name} ${'x'.repeat(200)}` },
    })
    const notCarried = [item('view', null, 'b'), item('trigger', 't', 'only'), item('view', null, 'a')]
    const shown = text({ notCarried }, 'short')
    expect(shown).toContain('Not carried (3)\n  view (2): no view yet\n      a, b\n  trigger t.only: no trigger yet\n')
    expect(shown).toMatch(/CREATE only x+…\n/)
    expect(shown).toContain('nightferry report shop')
    expect(text({ notCarried }, 'whole')).toContain(notCarried[0]?.original)
  })
  test('a name that became lower case is told once', () => {
    const tables = [tableReport('Album', { target: 'album' }), tableReport('Artist', { target: 'artist' })]
    expect(text({ tables }).match(/lower case.*/g)).toEqual(['lower case in the target: Album is album'])
    expect(text()).not.toContain('lower case')
  })
  test('what the data decided reads as a sentence', () => {
    const because = 'every value is 0, 1 or NULL'
    const decisions = [{ table: 'people', column: 'active', question: 'boolean', answer: true, because }] as const
    expect(text({ decisions })).toContain(`people.active is a boolean: ${because}`)
  })
  test('a remedy of several findings in a row stands there once', () => {
    const finding = (subject: string) => ({
      ...({ name: 'weak', severity: 'info', subject, message: 'is weaker', remedy: 'nothing, really' } as const),
    })
    const shown = text({ findings: [finding('a'), finding('b')] })
    expect(shown).toMatch(/Findings: 2 notes\n.*a: is weaker.*\n.*b: is weaker.*\n +Nothing, really$/)
  })
  test('declared losses are counted', () => {
    expect(
      text({ declaredLosses: [{ table: 'people', column: 'born', what: 'zero date became NULL', rows: 1200 }] }),
    ).toContain('people.born: zero date became NULL in 1,200 rows')
  })
  test('a table that was never counted makes no total of counted rows', () => {
    const shown = text({ tables: [tableReport('a'), tableReport('b', { rowsCounted: null })] })
    expect(shown).toMatch(/2 tables +2,469,134 +2,469,134 +-/)
  })
  test('why a run is not complete stands in the first line, behind its state', () => {
    const shown = text({ summary: summary({ state: 'incomplete', reason: '1 table stopped' }) })
    expect(shown.split('\n')[0]).toMatch(/: incomplete in 1 min 05 s: 1 table stopped$/)
  })
})

describe('a night', () => {
  const what = 'is new: int(11) becomes integer'
  const news = [{ kind: 'column-new', subject: 'orders.note', what, remedy: 'nothing: it is carried' }] as const
  const kept = { published: 'published', notes: [], since: '20261119-030000', news: [] } as const
  const text = (differs: Partial<Remembered>, of: Partial<RunReport> = {}): string[] =>
    renderReport(report(of), noPaint, 'whole', { ...kept, ...differs })

  test('leads with its news, each with what to do', () => {
    expect(text({ news }).slice(1, 7)).toEqual([
      '  published',
      '',
      'News since 20261119-030000 (1)',
      '  column new  orders.note: is new: int(11) becomes integer',
      '      Nothing: it is carried',
      '',
    ])
  })
  test('that is as the one before says so, and one with nothing before it says nothing', () => {
    expect(text({})).toContain('No news since 20261119-030000')
    expect(text({ since: null }).join('\n')).not.toMatch(/news/i)
  })
  test('says why it was not published below why it is not complete, and names a hook that failed', () => {
    const lines = text(
      { published: 'not published', notes: ['it is incomplete', 'on_news (http chat) answered 500'] },
      { summary: summary({ state: 'incomplete', reason: '1 table stopped' }) },
    )
    expect(lines[0]).toMatch(/: 1 table stopped$/)
    expect(lines.slice(1, 4)).toEqual(['  not published', '  it is incomplete', '  on_news (http chat) answered 500'])
  })
  test('brings no control character of a name to the terminal', () => {
    const evil = [{ ...news[0], subject: 'a\u001b[2Jb', what: 'is\nnew' }]
    expect(text({ news: evil })).toContain('  column new  a [2Jb: is new')
  })
  test('that was refused has its reason, and nothing that looks like numbers', () => {
    const night = summary({ state: 'refused', version: 0, reason: 'held: by anna' })
    expect(renderUnread('shop', night, null, noPaint)).toEqual(['Run 20261120-030000 of shop: refused: held: by anna'])
    expect(renderRuns([night], noPaint)[1]).toMatch(/^20261120-030000 +- +refused +- +- +- +- +- +held: by anna$/)
  })
  test('is listed with what became of its database', () => {
    expect(renderRuns([summary({ published: 'not published', reason: 'x' })], noPaint)[1]).toMatch(/not published; x$/)
    expect(renderRuns([summary({ published: 'published' })], noPaint)[1]).toMatch(/best-effort +published$/)
    expect(renderRuns([summary({ published: 'was published' })], noPaint)[1]).toMatch(/best-effort +was published$/)
    expect(text({ published: 'was published' })[1]).toBe('  was published')
    expect(renderRuns([summary({ published: 'in place' })], noPaint)[1]).toMatch(/best-effort$/)
  })
})

test('runs are listed one line each, with how many tables were finished', () => {
  const lines = renderRuns(
    [summary(), summary({ run: '20261119-030000', state: 'incomplete', tables: 20, stopped: 1 })],
    noPaint,
  )
  expect(lines).toHaveLength(3)
  expect(lines[1]).toMatch(/20261120-030000 +3 +complete +1 +1,234,567 +98\.2 MB +1 min 05 s +best-effort/)
  expect(lines[2]).toMatch(/incomplete +19 of 20/)
})
