import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ApiFile } from '../../worker/api-file.js'
import {
  judgeAccess,
  open,
  type Opened,
  SCREENS,
  type Scheme,
  type Screen,
  startBrowser,
  tooWide,
} from '../support/browser.js'
import type { Typed } from '../support/cli.js'
import { cliMigration, yamlOf } from '../support/cli-migration.js'
import { waitUntil } from '../support/wait.js'

const ROWS = 40_000

/** About forty seconds of copying, in chunks that tell how far they are. */
const SLOW = 'limits: {parallelism: 2, chunk_bytes: 128KB, rows_per_second: 1000}\n'

const migration = cliMigration(
  'live',
  `create table orders (id int primary key, note varchar(60) not null);
   insert into orders select seq, repeat('x', 60) from seq_1_to_${ROWS};
   create table \`<b>odd</b> & "name"\` (id int primary key); insert into \`<b>odd</b> & "name"\` values (1), (2);`,
)

let browser: Browser
let run: Typed
let live: Opened
let path: string

beforeAll(async () => {
  browser = await startBrowser()
})

afterAll(async () => {
  await browser?.close()
})

const api = (): ApiFile =>
  JSON.parse(readFileSync(join(migration.person.folder, '.nightferry', 'api.json'), 'utf8')) as ApiFile

const look = async (
  path: string,
  more: { screen?: Screen; scheme?: Scheme; scripts?: boolean } = {},
): Promise<Opened> => await open(browser, api().url + path, { token: api().token, ...more })

const percentOf = async (page: Page): Promise<number | null> => {
  const shown = page.locator('[data-far]')
  return (await shown.count()) === 0 ? null : Number(await shown.getAttribute('aria-valuenow', { timeout: 1000 }))
}

/** Where the page of the run is. */
const pathOf = (page: Page): string => {
  const { pathname, search } = new URL(page.url())
  return pathname + search
}

/** What the page showed, as long as the condition does not hold: what it showed last is in it. */
async function watch(
  what: string,
  page: Page,
  until: (percent: number | null) => boolean | Promise<boolean>,
): Promise<number[]> {
  const seen: number[] = []
  const isOver = async (): Promise<boolean> => {
    const percent = await percentOf(page)
    if (percent !== null) seen.push(percent)
    return await until(percent)
  }
  await waitUntil(what, isOver, 180_000, 100)
  return seen
}

/** A busy machine's worker may not answer within the three seconds that a command waits: it is told again then. */
async function tell(...args: readonly string[]): Promise<void> {
  const isDone = async (): Promise<boolean> => {
    const { code, stderr } = await migration.person.run(args)
    if (code !== 0 && code !== 3) throw new Error(stderr)
    return code === 0
  }
  await waitUntil(args.join(' '), isDone, 60_000)
}

const isRising = (seen: readonly number[]): boolean =>
  seen.every((percent, i) => i === 0 || percent >= (seen[i - 1] ?? 0))

describe('before anything has begun', () => {
  it('the list says what to do, and nobody without the token sees it', async () => {
    const empty = await look('/')
    expect(await empty.page.locator('main').innerText()).toContain('nightferry run FILE')
    expect(await judgeAccess(empty.page)).toMatchObject({ violations: [] })
    await empty.close()
    const refused = await fetch(api().url)
    expect(refused.status).toBe(401)
    expect(refused.headers.get('www-authenticate')).toMatch(/^Basic realm="Nightferry"/)
    expect(await refused.text()).toContain('.nightferry/api.json')
  })
})

describe('a run that is under way', () => {
  it('is on the list with how far it is, and its page is a click away', async () => {
    migration.person.write(migration.file, yamlOf(migration.name, SLOW))
    run = migration.person.type(['run', migration.file])
    const list = await look('/')
    live = list
    const follow = list.page.getByRole('link', { name: /^Follow run/ })
    await follow.waitFor({ timeout: 120_000 })
    expect(await list.page.locator('.badge').first().innerText()).toBe('run under way')
    await follow.click()
    await list.page.locator('[data-live]').waitFor()
    path = pathOf(list.page)
    expect(path).toContain(`?migration=${migration.name}`)
  })

  it('is followed from its beginning, and a pause is shown with its reason within seconds', async () => {
    const seen = await watch('two fifths', live.page, (percent) => (percent ?? 0) >= 40)
    expect(seen[0]).toBeLessThan(30)
    expect(new Set(seen).size).toBeGreaterThan(2)
    expect(isRising(seen), String(seen)).toBe(true)
    expect(await live.page.locator('[data-part=tables]').innerText()).toContain('orders')
    expect(await live.page.locator('[data-show=speed]').innerText()).toMatch(/^[\d,]+$/)
    await tell('pause', migration.name, '--reason', 'release freeze', '--by', 'ada')
    const began = Date.now()
    const holds = live.page.locator('[data-part=holds]')
    await holds.getByText('release freeze').waitFor({ timeout: 30_000 })
    expect(Date.now() - began).toBeLessThan(10_000)
    expect(await live.page.locator('h1').innerText()).toBe('Held: it waits')
    expect(await holds.innerText()).toContain(`nightferry resume ${migration.name} --hold h1`)
    expect(await live.page.locator('[role=status]').textContent()).toContain('release freeze')
  })

  it.each(
    (['desk', 'telephone'] as const).flatMap((screen) =>
      (['light', 'dark'] as const).map((scheme) => [screen, scheme] as const),
    ),
  )(
    'can be read by everybody at %s in %s, on the list and on its page, and asks nobody else',
    async (screen, scheme) => {
      for (const where of ['/', path]) {
        const opened = await look(where, { screen, scheme })
        const { page, strays, requests, troubles } = opened
        await page.getByText('release freeze').first().waitFor()
        await waitUntil('the page asks how far it is', () => requests.length > 0)
        expect(await judgeAccess(page)).toMatchObject({ violations: [] })
        expect(await tooWide(page)).toBe(0)
        expect((await page.locator('h1').boundingBox())?.y).toBeLessThan(SCREENS[screen].height / 2)
        expect([strays, troubles]).toEqual([[], []])
        expect(requests.every((url) => url.startsWith(api().url))).toBe(true)
        await opened.close()
      }
    },
  )

  it('is told without scripts as well', async () => {
    const bare = await look(path, { scripts: false })
    expect(await bare.page.locator('main').innerText()).toMatch(/Held: it waits[\s\S]*release freeze/)
    expect(await bare.page.locator('meta[http-equiv=refresh]').count()).toBe(1)
    await bare.close()
  })

  it('goes on after the resume, and its page becomes the report', async () => {
    const held = await percentOf(live.page)
    await tell('resume', migration.name, '--by', 'ada')
    const seen = await watch('the end of the run', live.page, (percent) => percent === null)
    // What was open when it was paused is copied again: it may fall once, and not to the beginning.
    const since = seen.slice(seen.findIndex((percent) => percent !== held))
    expect(since[0]).toBeGreaterThan(5)
    expect(isRising(since), String(seen)).toBe(true)
    expect(seen.at(-1)).toBeGreaterThan(50)
    expect((await run.ended).code).toBe(0)
    await live.page.locator('.verdict').waitFor()
    expect(await live.page.locator('main').innerText()).toMatch(/complete/i)
    expect(await live.page.locator('[data-live]').count()).toBe(0)
    expect([live.strays, live.troubles]).toEqual([[], []])
    await live.close()
  })
})

describe('afterwards', () => {
  it('the list has the run with its state in words, and what nobody knows is answered with what there is', async () => {
    const list = await look('/')
    const mark = list.page.locator('.marks a').first()
    expect(await mark.innerText()).toMatch(/: complete, /)
    expect(await list.page.locator('.card').innerText()).toContain('none scheduled')
    await list.close()
    const unknown = await look(`/runs/20200101-000000?migration=${migration.name}`)
    expect(await unknown.page.locator('h1').innerText()).toBe('There is no run 20200101-000000')
    expect(await unknown.page.locator('main a').count()).toBe(1)
    await unknown.close()
  })

  it('a run is found without the name of its migration', async () => {
    const run = /^\/runs\/([^?]+)/.exec(path)?.[1] ?? ''
    const found = await look(`/runs/${run}`)
    expect(await found.page.locator('main').innerText()).toContain(run)
    await found.close()
  })

  it('the command line says where its page is, and never the token', async () => {
    const { code, stdout, stderr } = await migration.person.run(['page', migration.name])
    expect([code, stdout]).toEqual([0, expect.stringContaining(api().url + path)])
    expect(stdout + stderr).not.toContain(api().token)
  })
})
