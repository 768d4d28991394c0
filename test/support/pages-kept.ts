import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Browser, Page } from 'playwright-core'
import { expect } from 'vitest'
import type { PageDocument } from '../../worker/pages/page-document.js'
import { reportPage } from '../../worker/pages/report.js'
import { judgeAccess, open, SCREENS, tooWide, type Look, type Opened, type Screen } from './browser.js'

/** Pages in files, as people keep them. */
export interface KeptPages {
  /** Writes the document's page and opens it; what it holds beside. */
  show(document: PageDocument, look?: Look): Promise<Opened & { readonly bytes: number }>
  remove(): void
}

export function keepPages(browser: () => Browser): KeptPages {
  const folder = mkdtempSync(join(tmpdir(), 'nightferry-pages-'))
  let count = 0
  return {
    async show(document, look) {
      const file = join(folder, `${++count}.html`)
      const { html } = reportPage(document)
      writeFileSync(file, html)
      return { ...(await open(browser(), pathToFileURL(file).href, look)), bytes: Buffer.byteLength(html) }
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}

/** What holds for every page: it asks for nothing, complains of nothing, fits its window, and anybody can read it. */
export async function expectSound({ page, strays, requests, troubles }: Opened, screen: Screen): Promise<void> {
  expect([strays, requests, troubles]).toEqual([[], [], []])
  expect(await tooWide(page)).toBe(0)
  const { violations, passed } = await judgeAccess(page)
  expect(violations).toEqual([])
  // A page that axe found nothing on has no violations either.
  expect(passed).toBeGreaterThan(20)
  const verdict = await page.locator('h1').boundingBox()
  expect(verdict!.y).toBeGreaterThanOrEqual(0)
  expect(verdict!.y + verdict!.height).toBeLessThanOrEqual(SCREENS[screen].height)
}

/** What a chart of the page draws, as its library has it. */
export const drawn = async (page: Page, id: string): Promise<{ label: string; data: unknown[] }[]> =>
  await page.evaluate(
    `Chart.getChart(${JSON.stringify(id)}).data.datasets.map(({ label, data }) => ({ label, data: [...data] }))`,
  )

/** Whether somebody drew on a canvas: more than one colour is on it. */
export const isPainted = async (page: Page, id: string): Promise<boolean> =>
  await page.evaluate(`(() => {
    const canvas = document.getElementById(${JSON.stringify(id)})
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height)
    return new Set(new Uint32Array(data.buffer)).size > 2
  })()`)
