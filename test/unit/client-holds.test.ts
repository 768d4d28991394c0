import { describe, expect, it } from 'vitest'
import { askStatus } from '../../client/entity.js'
import { knobList, readSettings } from '../../client/knob-settings.js'
import { noPaint } from '../../client/output.js'
import { holdLines } from '../../client/progress/holds.js'
import { renderPaused, renderResumed } from '../../client/render/hold-answer.js'
import { renderAudit, renderHolds } from '../../client/render/holds.js'
import { renderStatus } from '../../client/render/status.js'
import type { Hold } from '../../core/hold.js'
import type { MigrationStatus, TemporalStatus } from '../../core/status.js'
import type { HoldAnswer } from '../../workflows/messages.js'
import { summary } from '../support/client-documents.js'

const hold = (differs: Partial<Hold> = {}): Hold => ({
  ...{ id: 'h1', kind: 'operator', table: null, by: 'ada', at: '2026-11-20T03:00:00.000Z', why: 'release freeze' },
  ...{ remedy: null, lifts: null },
  ...differs,
})
const answer = (differs: Partial<HoldAnswer> = {}): HoldAnswer => ({
  ...{ added: [hold()], lifted: [], holds: [hold()], work: { what: 'run', id: '20261120-030000' } },
  ...{ answered: true, milliseconds: 312, snapshot: null },
  ...differs,
})
const ada = { migration: 'shop', me: 'ada' }
const bob = { migration: 'shop', me: 'bob' }
const text = (lines: readonly string[]): string => lines.join('\n')
const paused = (differs: Partial<HoldAnswer> = {}): string => text(renderPaused(answer(differs), ada, noPaint))
const resumed = (differs: Partial<HoldAnswer>, reader = ada): string =>
  text(renderResumed(answer({ added: [], ...differs }), reader, noPaint))

describe('the answer of a pause', () => {
  it('says what has really stopped, in which time, and how to go on', () => {
    expect(paused()).toContain('Paused in 0.31 s: nothing of run 20261120-030000 is at work any more.')
    expect(paused()).toContain('Nothing is held on the source.')
    expect(paused()).toMatch(/Go on: nightferry resume shop$/m)
  })
  it('never says stopped of what did not answer', () => {
    const shown = paused({ answered: false, milliseconds: 12_000 })
    expect(shown).toContain('did not answer in 12 s: some of it may still be at work')
    expect(shown).not.toMatch(/at work any more|Nothing is held/)
  })
  it.each([
    ['best-effort', /later, what is left is read as it is then \(best-effort\)/],
    ['restart', /later, it copies everything again in a new one/],
  ] as const)('names what the source still holds, until when, and what %s does after that', (onLost, after) => {
    const snapshot = { sessions: 4, locked: 2, until: '2026-11-20T03:10:00.000Z', onLost }
    const shown = paused({ snapshot })
    expect(shown).toContain(
      'Held on the source until 2026-11-20 03:10:00 UTC: a snapshot in 4 sessions, and 2 tables locked against writers.',
    )
    expect(shown).toMatch(after)
  })
  it('of one table says that the snapshot is kept while the others are read in it, and for how long then', () => {
    const snapshot = { sessions: 1, locked: 1, until: null, onLost: 'best-effort' } as const
    expect(paused({ added: [hold({ table: 'orders' })], snapshot })).toContain(
      'Held on the source until the other tables are read, and then for `consistency.hold`: a snapshot in 1 session, and 1 table locked',
    )
  })
  it('of one table says that the others go on', () => {
    const one = hold({ table: 'order items' })
    const shown = paused({ added: [one], holds: [one, hold({ id: 'h2' })] })
    expect(shown).toMatch(/nothing of order items in run 20261120-030000 is at work any more; other tables go on/)
    expect(shown).toContain("nightferry resume shop --table 'order items'")
    expect(shown).toContain('1 other hold stays: nightferry holds shop')
  })
  it('says so where nothing was under way', () =>
    expect(paused({ work: null })).toContain('nothing was under way, and nothing begins until it is resumed'))
})

describe('the answer of a resume', () => {
  it('says that it goes on where nothing holds any more', () => {
    const shown = resumed({ lifted: [hold()], holds: [] })
    expect(shown).toMatch(
      /^Lifted h1 by ada since 2026-11-20 03:00:00 UTC: release freeze\nRun 20261120-030000 goes on/,
    )
  })
  it('names what holds still and how each is lifted, and does not say that it goes on', () => {
    const failure = hold({ id: 'h3', kind: 'failure', by: 'nightferry', why: 'no login', remedy: 'Give the password' })
    const shown = resumed({ lifted: [hold()], holds: [hold({ id: 'h2', by: 'bob' }), failure] })
    expect(shown).toMatch(/Held still by 2 holds:/)
    expect(shown).toContain('It goes on with `nightferry resume shop --hold h2`.')
    expect(shown).toContain('Give the password. Then: `nightferry resume shop`.')
    expect(shown).not.toMatch(/0000 goes on/)
  })
  it('goes on where only tables wait', () =>
    expect(resumed({ lifted: [hold()], holds: [hold({ table: 'orders' })] })).toMatch(/Run 20261120-030000 goes on/))
})

describe('holds', () => {
  it('stand in a table, with the command that lifts each, by who reads it', () => {
    const window = hold({ id: 'h2', kind: 'window', by: 'nightferry', lifts: { when: 'the window opens', at: null } })
    const lines = renderHolds([hold(), window], bob, noPaint)
    expect(lines[1]).toMatch(/^h1 +operator +everything +ada +2026-11-20 03:00:00 UTC +by a person +release freeze$/)
    expect(text(lines)).toContain('h1: It goes on with `nightferry resume shop --hold h1`.')
    expect(text(lines)).toContain('h2: It goes on by itself when the window opens.')
    expect(text(renderHolds([hold()], ada, noPaint))).toContain('`nightferry resume shop`')
    expect(renderHolds([], ada, noPaint)).toEqual(['Nothing holds shop.'])
    const forEver = text(renderHolds([{ ...window, lifts: null }], ada, noPaint))
    expect(forEver).toContain('h2: Other hours: `nightferry set shop window=...`.')
    expect(forEver).not.toContain('nightferry resume')
  })
  it('never bring control characters to a terminal', () => {
    const wild = hold({ by: 'a\u001b[2J', why: 'x\ny', table: "it's\u0007" })
    const shown = [...renderHolds([wild], ada, noPaint), ...holdLines([wild], ada)]
    // eslint-disable-next-line no-control-regex
    for (const line of shown) expect(line).not.toMatch(/[\u0000-\u001f]/)
  })
  it('come with the audit trail, which says what each line was about', () => {
    const entry = { what: 'resume', by: 'bob', at: '2026-11-20T03:05:00.000Z', why: 'done' }
    const shown = text(renderAudit([{ ...entry, about: { hold: 'h1', of: 'ada', table: null } }], noPaint))
    expect(shown).toMatch(/2026-11-20 03:05:00 UTC +resume +bob +done +hold h1, of ada$/)
  })
  it('are told in one line each to whoever follows', () =>
    expect(holdLines([hold({ why: 'no login.', kind: 'failure', remedy: 'Mend it.' })], ada)).toEqual([
      'held: h1 by ada since 2026-11-20 03:00:00 UTC: no login. Mend it. Then: `nightferry resume shop`.',
    ]))
})

describe('knobs', () => {
  it('are read by the keys of the config, and taken back by default', () => {
    const typed = ['parallelism=4', 'chunk_bytes=1MB', 'rows_per_second=20000', 'window=22:00-05:00 Europe/Paris']
    const knobs = { parallelism: 4, chunkBytes: 1_048_576, rowsPerSecond: 20_000, window: '22:00-05:00 Europe/Paris' }
    expect(readSettings(typed)).toEqual({ knobs, reset: [] })
    expect(readSettings(['parallelism=default', 'window=none'])).toEqual({
      knobs: { window: null },
      reset: ['parallelism'],
    })
    expect(knobList(knobs)).toBe(
      'parallelism 4, chunk_bytes 1MB, rows_per_second 20,000, window 22:00-05:00 Europe/Paris',
    )
    expect(knobList({ rowsPerSecond: 0, window: null })).toBe('rows_per_second 0 (no limit), window none (all hours)')
    expect(knobList({})).toBe('')
  })
  it.each([
    ['parallelism=0', /whole number from 1 to 64/],
    ['parallelism=65', /whole number from 1 to 64/],
    ['parallelism=1e1', /whole number from 1 to 64/],
    ['rows_per_second=-1', /0 is no limit/],
    ['chunk_bytes=many', /such as 64MB/],
    ['window=', /22:00-05:00/],
    ['window=at night', /22:00-05:00/],
    ['paralelism=4', /no knob paralelism/],
    ['constructor=4', /no knob constructor/],
    ['parallelism', /not KNOB=VALUE/],
  ])('%s is wrong usage, with what is right', (typed, says) => {
    expect(() => readSettings([typed])).toThrow(
      expect.objectContaining({ exit: 2, message: expect.stringMatching(says) }),
    )
  })
  it('are said once', () => expect(() => readSettings(['window=none', 'window=default'])).toThrow(/set twice/))
})

describe('what is asked', () => {
  it('of a worker of before there were holds says that nothing holds', async () => {
    const told = { format: 1, migration: 'shop', versions: [], runs: [], running: null, proving: null }
    const handle = { query: async () => await Promise.resolve(told) }
    const temporal = {
      client: { workflow: { getHandle: () => handle } },
      connection: { withDeadline: async (_: number, call: () => Promise<unknown>) => await call() },
    }
    const asked = await askStatus(temporal as never, 'shop')
    expect(asked).toMatchObject({
      status: { holds: [], knobs: {}, refused: [], ownership: 'source', migration: 'shop' },
    })
  })
})

describe('the status', () => {
  const temporal: TemporalStatus = {
    ...{ reachable: true, address: 'a', namespace: 'n', workflow: 'RUNNING', stuck: null, controlWorker: true },
    ...{ dataWorker: null, retrying: [] },
  }
  const status = (differs: Partial<MigrationStatus> = {}): string => {
    const migration: MigrationStatus = {
      ...{ format: 1, migration: 'shop', target: null, versions: [], applying: false, running: null, proving: null },
      ...{ runs: [], holds: [], knobs: {}, schedule: null, refused: [], ownership: 'source' },
      ...differs,
    }
    return text(renderStatus(bob, { format: 1, temporal, migration, progress: null }, noPaint))
  }
  it('says who holds it, since when, why, and what to do', () => {
    const shown = status({ holds: [hold()] })
    expect(shown).toContain('held: h1 by ada since 2026-11-20 03:00:00 UTC: release freeze')
    expect(shown).toContain('nightferry resume shop --hold h1')
  })
  it('says of a run that is held so, and not that it is running', () => {
    const running = {
      ...{ run: 'r', version: 1, workflowId: 'w', started: '2026-11-20T03:00:00.000Z', phase: 'clone' as const },
      tables: { total: 3, done: 1, stopped: 0 },
    }
    expect(status({ running, holds: [hold()] })).toMatch(/run r is held, begun 2026-11-20 03:00:00 UTC: clone, 1 of 3/)
    expect(status({ running, holds: [hold({ table: 'orders' })] })).toContain('run r is running since')
  })
  it('shows what is turned, and signals that were refused', () => {
    const refused = [{ signal: 'pause', at: '2026-11-20T03:00:00.000Z', why: 'no table x' }]
    const shown = status({ knobs: { parallelism: 2 }, refused, ownership: 'unknown' })
    expect(shown).toContain('turned until the next apply: parallelism 2')
    expect(shown).toContain('signal pause at 2026-11-20 03:00:00 UTC was refused: no table x')
    expect(shown).toContain('ownership: unknown')
  })
  it('says what to do with tables that stopped', () => {
    const shown = status({ runs: [summary({ state: 'incomplete', stopped: 1 })] })
    expect(shown).toMatch(/nightferry retry shop.*nightferry skip shop --table NAME --reason WHY/)
  })
})
