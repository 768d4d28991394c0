import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { RunReport } from '../../core/report.js'
import type { ApiFile } from '../../worker/api-file.js'
import { open, startBrowser } from '../support/browser.js'
import { cliMigration } from '../support/cli-migration.js'
import { waitUntil } from '../support/wait.js'
import { drawn, expectSound } from '../support/pages-kept.js'

/** Pages of real runs, as a command writes them, as the worker keeps them, and as the read API shows them. */

const migration = cliMigration(
  'pages',
  `create table customer (id int primary key, mail varchar(80) not null);
   insert into customer select seq, concat('mail', seq, '@example.org') from seq_1_to_4000;
   create table sale (id int primary key, customer int not null, amount decimal(9,2), placed date not null, key (customer), foreign key (customer) references customer (id));
   insert into sale select seq, 1 + seq % 4000, seq, '2026-11-01' from seq_1_to_9000;
   create table \`<i>odd</i>\` (id int primary key); insert into \`<i>odd</i>\` values (1), (2);
   create view rich as select * from sale where amount > 100;`,
)
const { name, file } = migration

let browser: Browser

beforeAll(async () => {
  browser = await startBrowser()
})

afterAll(async () => {
  await browser?.close()
})

const inFolder = (...path: string[]): string => join(migration.person.folder, ...path)
const kept = (...path: string[]): string => inFolder('.nightferry', 'reports', name, ...path)

async function json<T>(code: number, ...args: string[]): Promise<T> {
  const ended = await migration.person.run([...args, '--json'])
  expect(ended.code, ended.stderr).toBe(code)
  return JSON.parse(ended.stdout) as T
}

interface WrittenPage {
  readonly format: 1
  readonly file: string
  readonly run: string
  readonly bytes: number
}

/** The numbers that a page draws and writes are those of the run. */
async function expectNumbers(page: Page, { tables, summary }: RunReport): Promise<void> {
  const rows = (await drawn(page, 'total-rows'))[0]!.data
  expect(rows.at(-1)).toBe(summary.rows)
  expect(await page.locator('#picked option').allTextContents()).toHaveLength(tables.length)
  for (const one of tables) {
    await page.selectOption('#picked', { label: one.table })
    expect((await drawn(page, 'table-rows'))[0]!.data.at(-1)).toBe(one.rowsLoaded)
    const { copy, indexes, constraints, vacuum } = one.seconds
    const took = (await drawn(page, 'table-seconds'))[0]!.data.at(-1) as number
    expect(took).toBeCloseTo(copy + indexes + constraints + vacuum, 2)
  }
  const spans = await drawn(page, 'timeline-chart')
  const labels: string[] = await page.evaluate(`Chart.getChart('timeline-chart').data.labels`)
  for (const { table, spans: told = [] } of tables)
    for (const { step, from, to } of told) {
      const found = spans.find(({ label }) => label === step)!.data[labels.indexOf(table)] as [number, number]
      expect(found[0]).toBeCloseTo(from, 2)
      expect(found[1]).toBeCloseTo(to, 2)
    }
  const shown: string[][] = await page.evaluate(
    `[...document.querySelectorAll('#all-tables tbody tr')].map((row) => [...row.cells].map((cell) => cell.textContent))`,
  )
  for (const one of tables) {
    const cells = shown.find(([first]) => first === one.table || first?.startsWith(`${one.table} `))!
    expect(cells[4]).toBe(one.rowsLoaded.toLocaleString('en-US'))
  }
}

let first: RunReport

describe('a run that went well', () => {
  it('is written to a file as a page that draws its numbers', async () => {
    expect((await migration.person.run(['run', file])).code).toBe(0)
    first = await json<RunReport>(0, 'report', name)
    const written = await json<WrittenPage>(0, 'report', name, '--html', 'morning.html')
    expect(written).toEqual({
      ...{ format: 1, file: 'morning.html', run: first.summary.run },
      bytes: readFileSync(inFolder('morning.html')).length,
    })
    const opened = await open(browser, pathToFileURL(inFolder('morning.html')).href)
    await expectSound(opened, 'desk')
    const { page } = opened
    expect(await page.textContent('h1')).toBe('Complete and proved equal')
    expect(await page.locator('a[href^="/"]').count()).toBe(0)
    const counted = await migration.target('select count(*)::int as rows from sale')
    expect(first.tables.find(({ table }) => table === 'sale')!.rowsLoaded).toBe(counted[0]!['rows'])
    expect(first.tables.every(({ spans = [] }) => spans.some(({ step }) => step === 'copy'))).toBe(true)
    await expectNumbers(page, first)
    expect(await page.locator('section[aria-labelledby=not-carried]').textContent()).toContain('rich')
    await opened.close()
  })

  it('lies in the folder of the worker as well, under its own name and as the latest', async () => {
    expect(readdirSync(kept()).toSorted()).toEqual([`${first.summary.run}.html`, 'latest.html'])
    const opened = await open(browser, pathToFileURL(kept('latest.html')).href, { screen: 'telephone', scheme: 'dark' })
    await expectSound(opened, 'telephone')
    await expectNumbers(opened.page, first)
    await opened.close()
  })

  it('is shown by the read API to whoever logs in', async () => {
    const api = JSON.parse(readFileSync(inFolder('.nightferry', 'api.json'), 'utf8')) as ApiFile
    const at = `${api.url}/runs/${first.summary.run}?migration=${name}`
    // A control worker that has too much to do says so, and shows it a moment later.
    const opened = await waitUntil(
      'the page to be shown',
      async () => {
        const shown = await open(browser, at, { token: api.token })
        if (shown.troubles.length === 0) return shown
        await shown.close()
        return false
      },
      60_000,
    )
    await expectSound(opened, 'desk')
    await expectNumbers(opened.page, first)
    expect(await opened.page.locator('a[href="/"]').count()).toBe(1)
    await opened.close()
  })
})

describe('a run in which a row was refused', () => {
  it('says so first with what to do, tells its news, and shows neither key nor value', async () => {
    await migration.source(`set sql_mode = ''; insert into sale values (987654, 1, 41.25, '0000-00-00')`)
    expect((await migration.person.run(['run', file])).code).toBe(4)
    const second = await json<RunReport>(4, 'report', name)
    await json(0, 'report', name, '--html', 'red.html')
    const opened = await open(browser, pathToFileURL(inFolder('red.html')).href)
    await expectSound(opened, 'desk')
    expect(await opened.page.textContent('h1')).toBe('Incomplete: 1 of 3 tables stopped')
    const text = await opened.page.locator('main').innerText()
    expect(text).toContain(`nightferry retry ${name}`)
    expect(text).toContain(`News since run ${first.summary.run}`)
    const html = readFileSync(inFolder('red.html'), 'utf8')
    expect(JSON.stringify(second)).toContain('987654')
    expect(html).not.toMatch(/987654|41\.25|0000-00-00/)
    expect((await drawn(opened.page, 'total-rows'))[0]!.data).toEqual([first.summary.rows, second.summary.rows])
    await opened.close()
    expect(readFileSync(kept('latest.html'), 'utf8')).toContain('Incomplete: 1 of 3 tables stopped')
    expect(readFileSync(kept(`${first.summary.run}.html`), 'utf8')).toContain('Complete and proved equal')
  })

  it('is refused as a page where there is no such run, or no place for it', async () => {
    const unknown = await migration.person.run(['report', name, '--run', '20200101-000000', '--html', 'x.html'])
    expect([unknown.code, existsSync(inFolder('x.html'))]).toEqual([2, false])
    expect(unknown.stderr).toContain('20200101-000000')
    writeFileSync(inFolder('a-file'), '')
    const nowhere = await migration.person.run(['report', name, '--html', 'a-file/x.html'])
    expect([nowhere.code, nowhere.stderr]).toEqual([2, expect.stringContaining('cannot be written')])
    const both = await migration.person.run(['report', name, '--html', 'x.html', '--evidence', 'y.json'])
    expect(both.code).toBe(2)
  })
})
