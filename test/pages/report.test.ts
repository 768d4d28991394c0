import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { PageDocument } from '../../worker/pages/page-document.js'
import { reportPage } from '../../worker/pages/report.js'
import { startBrowser, type Scheme, type Screen } from '../support/browser.js'
import { goodDocument, hostileDocument, HOSTILE, redDocument } from '../support/pages-document.js'
import { drawn, expectSound, isPainted, keepPages } from '../support/pages-kept.js'

let browser: Browser
const { show, remove } = keepPages(() => browser)

beforeAll(async () => {
  browser = await startBrowser()
})

afterAll(async () => {
  await browser?.close()
  remove()
})

const CHARTS = ['total-rows', 'total-seconds', 'table-rows', 'table-seconds', 'timeline-chart']

const DOCUMENTS: Readonly<Record<string, () => PageDocument>> = {
  'a good night': goodDocument,
  'a red one': redDocument,
  'one run alone': () => goodDocument(1, 2),
  'names that are code': hostileDocument,
}

const LOOKS: readonly (readonly [Screen, Scheme])[] = [
  ['desk', 'light'],
  ['desk', 'dark'],
  ['telephone', 'light'],
  ['telephone', 'dark'],
]

describe.each(Object.entries(DOCUMENTS))('the page of %s', (_name, document) => {
  it.each(LOOKS)(
    'asks nobody, fits, says its verdict first and can be read by anybody: %s, %s',
    async (screen, scheme) => {
      const opened = await show(document(), { screen, scheme })
      await expectSound(opened, screen)
      for (const id of CHARTS) expect([id, await isPainted(opened.page, id)]).toEqual([id, true])
      await opened.close()
    },
  )
})

describe('the charts', () => {
  it('draw the numbers that the document has, of all tables and of the one that is picked', async () => {
    const document = goodDocument(30, 18)
    const { page, close } = await show(document)
    const { trend } = document
    expect(await drawn(page, 'total-rows')).toEqual([{ label: 'rows', data: trend.map(({ rows }) => rows) }])
    expect((await drawn(page, 'total-seconds'))[0]!.data).toHaveLength(30)
    const of = (table: string, what: 'rows' | 'seconds'): number[] =>
      trend.map(({ tables }) => tables.find((one) => one.table === table)![what])
    expect((await drawn(page, 'table-rows'))[0]!.data).toEqual(of('order_line', 'rows'))
    await page.selectOption('#picked', { label: 'customer' })
    expect((await drawn(page, 'table-rows'))[0]!.data).toEqual(of('customer', 'rows'))
    const seconds = (await drawn(page, 'table-seconds'))[0]!.data as number[]
    seconds.forEach((s, i) => expect(s).toBeCloseTo(of('customer', 'seconds')[i]!, 3))
    expect(await page.textContent('#table-rows-title')).toBe('Rows of customer')
    expect(await page.locator('#picked-numbers tbody tr').count()).toBe(30)
    await close()
  })

  it('have the time of each run below it where a day has several', async () => {
    const { run, trend, ...rest } = goodDocument(3, 2)
    const ids = ['20261121-030000', '20261122-030000', '20261122-140500']
    const { page, close } = await show({ ...rest, run, trend: trend.map((one, i) => ({ ...one, run: ids[i]! })) })
    expect(await page.evaluate(`Chart.getChart('total-rows').data.labels`)).toEqual([
      ...['21 Nov 03:00', '22 Nov 03:00', '22 Nov 14:05'],
    ])
    await close()
  })

  it('draw when each step of the slowest tables was at work', async () => {
    const document = goodDocument()
    const { page, close } = await show(document)
    const found = await drawn(page, 'timeline-chart')
    expect(found.map(({ label }) => label)).toEqual(['copy', 'indexes', 'constraints', 'vacuum', 'proof'])
    const [first] = document.run.report!.tables
    const copy = found[0]!.data as [number, number][]
    expect(copy).toHaveLength(12)
    expect(copy[0]![0]).toBeCloseTo(first!.spans![0]!.from, 3)
    expect(copy[0]![1]).toBeCloseTo(first!.spans![0]!.to, 3)
    await close()
  })

  it('are told in words where nobody wrote down when steps were at work', async () => {
    const { run, ...rest } = goodDocument()
    const tables = run.report!.tables.map((one) => ({ ...one, spans: [] }))
    const { page, troubles, close } = await show({ ...rest, run: { ...run, report: { ...run.report!, tables } } })
    expect(await page.locator('section[aria-labelledby=timeline]').textContent()).toContain('Nobody wrote down')
    expect([await page.locator('#timeline-chart').count(), troubles]).toEqual([0, []])
    await close()
  })

  it('follow the scheme when it changes', async () => {
    const { page, close } = await show(goodDocument())
    const colour = `Chart.getChart('total-rows').data.datasets[0].borderColor`
    const light = await page.evaluate(colour)
    await page.emulateMedia({ colorScheme: 'dark' })
    await page.waitForFunction(`${colour} !== ${JSON.stringify(light)}`)
    expect(await page.evaluate(colour)).toBe('#55b7c8')
    await close()
  })
})

describe('whoever reads it', () => {
  it('picks a table and sorts the table of tables by the keyboard alone', async () => {
    const { page, close } = await show(goodDocument())
    await page.focus('#picked')
    await page.keyboard.press('ArrowDown')
    expect(await page.textContent('#table-rows-title')).toBe('Rows of stock_movement')
    const first = (): Promise<string | null> => page.locator('#all-tables tbody th').first().textContent()
    const head = page.locator('#all-tables thead th').nth(3)
    await head.locator('button').focus()
    await page.keyboard.press('Enter')
    expect([await head.getAttribute('aria-sort'), await first()]).toEqual(['descending', 'order_line'])
    await page.keyboard.press('Enter')
    expect([await head.getAttribute('aria-sort'), await first()]).toEqual(['ascending', 'category'])
    await page.keyboard.press('Enter')
    expect([await head.getAttribute('aria-sort'), await first()]).toEqual(['none', 'order_line'])
    await close()
  })

  it('finds every word without scripts', async () => {
    const { page, troubles, close } = await show(redDocument(), { scripts: false })
    const text = await page.locator('main').innerText()
    for (const words of [
      'Incomplete: 2 of 18 tables stopped',
      'nightferry retry shop',
      'No standby',
      'invoice.paid_on',
    ])
      expect(text).toContain(words)
    expect(text).toContain('their numbers are in the tables')
    expect(await page.locator('canvas:visible').count()).toBe(0)
    expect(troubles).toEqual([])
    await close()
  })

  it('is never shown the key or the value of a row that was refused', () => {
    const { html } = reportPage(redDocument())
    expect(html).toContain('The target refused a row')
    expect(html).not.toMatch(/SECRETKEY|SECRETVALUE/)
  })

  it('sees hostile names as they are written, and nothing of them runs', async () => {
    const { page, strays, troubles, close } = await show(hostileDocument())
    expect(await page.evaluate('window.bad')).toBeUndefined()
    expect([strays, troubles]).toEqual([[], []])
    const text = await page.locator('main').innerText()
    for (const i of [0, 2, 3, 5]) expect(text).toContain(HOSTILE[i])
    expect(await page.locator('#picked option').first().textContent()).toBe(HOSTILE[0])
    await page.selectOption('#picked', '2')
    expect(await page.textContent('#table-rows-title')).toContain('Rows of ')
    expect(await page.evaluate('window.bad')).toBeUndefined()
    await close()
  })
})

describe('a report over 60 runs of 500 tables', () => {
  it('is below 3 MB, opens in under 2 seconds and holds all its numbers', async () => {
    const document = goodDocument(60, 500)
    const took: number[] = []
    // The machine has other work: the best of three is what the page takes.
    for (let i = 0; i < 3; i++) {
      const { page, bytes, close } = await show(document)
      expect(bytes).toBeLessThan(3_000_000)
      took.push(await page.evaluate(`performance.getEntriesByType('navigation')[0].loadEventEnd`))
      for (const id of CHARTS) expect(await isPainted(page, id)).toBe(true)
      expect(await page.locator('#picked option').count()).toBe(500)
      expect(await page.locator('#all-tables tbody tr').count()).toBe(500)
      await page.selectOption('#picked', { label: 'archive_499' })
      const { trend } = document
      expect((await drawn(page, 'table-rows'))[0]!.data).toEqual(
        trend.map(({ tables }) => tables.find(({ table }) => table === 'archive_499')!.rows),
      )
      await close()
    }
    console.log(`opened in ${took.map((ms) => Math.round(ms)).join(', ')} ms`)
    expect(Math.min(...took)).toBeLessThan(2000)
  })

  it.each(LOOKS.slice(1, 3))('can be read by anybody: %s, %s', async (screen, scheme) => {
    const opened = await show(goodDocument(60, 500), { screen, scheme })
    await expectSound(opened, screen)
    expect(opened.bytes).toBeLessThan(3_000_000)
    await opened.close()
  })
})
