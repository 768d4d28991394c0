import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { MemoryPort } from '../../core/memory.js'
import { openRunPages } from '../../worker/run-pages.js'
import { goodDocument } from '../support/pages-document.js'

let home: string
let logged: string[]

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'nightferry-home-'))
  logged = []
})

afterEach(() => rmSync(home, { recursive: true, force: true }))

const { run: good, trend, fitness } = goodDocument(3, 2)

/** What a memory answers of any run. */
const memory = {
  run: async (run: string) => ({ ...good, ...good.remembered, summary: { ...good.summary, run }, tables: [] }),
  trend: async () => trend,
  fitness: async () => fitness,
} as unknown as MemoryPort

const pages = (variables: Record<string, string> = {}) =>
  openRunPages(variables, home, (message) => void logged.push(message))

const runOf = (night: number): string => `2026${String(night).padStart(4, '0')}-030000`

describe('the pages that runs leave', () => {
  it('lie below the home of the worker, one a run, and the newest also as the latest', async () => {
    for (const night of [1201, 1203, 1202]) await pages()!.write(memory, 'shop', runOf(night))
    const folder = join(home, '.nightferry', 'reports', 'shop')
    expect(readdirSync(folder).toSorted()).toEqual([
      ...['20261201-030000.html', '20261202-030000.html', '20261203-030000.html', 'latest.html'],
    ])
    expect(readFileSync(join(folder, 'latest.html'), 'utf8')).toContain('run 20261203-030000')
    expect(readFileSync(join(folder, '20261202-030000.html'), 'utf8')).toContain('Complete, proved equal, published')
  })

  it('are the last 60 of a migration, and no other file of the folder is touched', async () => {
    const written = pages({ NIGHTFERRY_REPORTS: 'out' })!
    await written.write(memory, 'shop', runOf(1))
    writeFileSync(join(home, 'out', 'shop', 'notes.html'), 'mine')
    for (let night = 2; night <= 63; night++) await written.write(memory, 'shop', runOf(night))
    const files = readdirSync(join(home, 'out', 'shop')).toSorted()
    expect(files.filter((file) => /^\d/.test(file))).toHaveLength(60)
    expect(files[0]).toBe(`${runOf(4)}.html`)
    expect(files.slice(-2)).toEqual(['latest.html', 'notes.html'])
  })

  it('are written anew, as a whole, once more is known', async () => {
    for (let i = 0; i < 2; i++) await pages()!.write(memory, 'shop', runOf(1))
    expect(readdirSync(join(home, '.nightferry', 'reports', 'shop'))).toHaveLength(2)
  })

  it('cost a line of the log and nothing else where they cannot be written, or nobody wants them', async () => {
    writeFileSync(join(home, 'a-file'), '')
    await pages({ NIGHTFERRY_REPORTS: 'a-file' })!.write(memory, 'shop', runOf(1))
    expect(logged).toEqual(['the page of a run could not be written'])
    const broken = { run: () => Promise.reject(new Error('away')) } as unknown as MemoryPort
    await pages()!.write(broken, 'shop', runOf(1))
    expect(logged).toHaveLength(2)
    expect(pages({ NIGHTFERRY_REPORTS: 'off' })).toBeNull()
  })
})
