import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { AxeResults } from 'axe-core'
import { chromium, type Browser, type Page } from 'playwright-core'
import { findOnPath } from '../../client/embedded/temporal-cache.js'
import { aptInstall, canAptInstall } from '../../scripts/servers/apt.js'
import { reportToStderr } from '../../scripts/servers/tell.js'

/** As wide as people's screens are. */
export const SCREENS = { desk: { width: 1280, height: 800 }, telephone: { width: 400, height: 800 } } as const

export type Screen = keyof typeof SCREENS
export type Scheme = 'light' | 'dark'

/** How a page is looked at; a desk in the light, as nobody, unless said. */
export interface Look {
  readonly screen?: Screen
  readonly scheme?: Scheme
  /** False: as with scripts switched off. */
  readonly scripts?: boolean
  /** What the browser answers to a page that asks who is there: any user, this password. */
  readonly token?: string
  /** Before `go`, for instance to record or answer requests. */
  readonly prepare?: (page: Page) => Promise<void>
}

/** A page in a window of its own, and what it did that it should not have done. */
export interface Opened {
  readonly page: Page
  /** Addresses elsewhere than the page's own origin that it asked for: they were refused. */
  readonly strays: readonly string[]
  /** Addresses of its own origin that it asked for, itself not among them. */
  readonly requests: readonly string[]
  /** What its console said, and what its scripts threw. A request that failed stands here as well. */
  readonly troubles: readonly string[]
  close(): Promise<void>
}

const PROGRAMS = ['chromium', 'chromium-browser', 'google-chrome']

/** CHROMIUM, or `chromium` of this machine; as root on Debian or Ubuntu it is installed by apt. Throws with what to do. */
async function program(): Promise<string> {
  const find = (): string | null =>
    process.env['CHROMIUM'] ??
    PROGRAMS.map((name) => findOnPath(name, process.env)).find((path) => path !== null) ??
    null
  const found = find()
  if (found !== null) return found
  if (canAptInstall()) {
    await aptInstall(['chromium'], reportToStderr, new AbortController().signal)
    const fresh = find()
    if (fresh !== null) return fresh
  }
  throw new Error('There is no Chromium here: install the package `chromium`, or name the program with CHROMIUM.')
}

/** Nothing of its own goes over the network: updates, sync, probing. */
const QUIET = [
  ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-sync', '--disable-dev-shm-usage'],
  ...['--disable-background-networking', '--disable-component-update', '--disable-default-apps'],
]

/** One browser for the tests of a file; whoever starts it closes it. */
export const startBrowser = async (): Promise<Browser> =>
  await chromium.launch({ executablePath: await program(), headless: true, args: QUIET })

/** Opens an address (http or file). Whatever the page asks of another origin is refused and written down. */
export async function open(browser: Browser, url: string, look: Look = {}): Promise<Opened> {
  const { screen = 'desk', scheme = 'light', scripts = true, token, prepare } = look
  const context = await browser.newContext({
    ...{ viewport: SCREENS[screen], colorScheme: scheme, javaScriptEnabled: scripts },
    ...(token !== undefined && { httpCredentials: { username: 'anyone', password: token } }),
  })
  const [strays, requests, troubles]: string[][] = [[], [], []]
  const page = await context.newPage()
  const home = new URL(url)
  await context.route('**/*', async (route) => {
    const asked = new URL(route.request().url())
    const isPage = route.request().isNavigationRequest() && asked.href === home.href
    const isOwn = home.protocol === 'file:' ? isPage : asked.origin === home.origin
    if (!isPage) (isOwn ? requests : strays)?.push(asked.href)
    if (isOwn) await route.continue()
    else await route.abort()
  })
  page.on('console', (message) => troubles?.push(`${message.type()}: ${message.text()}`))
  page.on('pageerror', (error) => troubles?.push(`thrown: ${error.message}`))
  page.on('requestfailed', (request) => {
    // A page that goes elsewhere, or reloads, gives up what it was asking for.
    if (request.failure()?.errorText !== 'net::ERR_ABORTED') troubles?.push(`failed: ${request.url()}`)
  })
  await prepare?.(page)
  await page.goto(url, { waitUntil: 'load' })
  return {
    page,
    strays: strays ?? [],
    requests: requests ?? [],
    troubles: troubles ?? [],
    close: () => context.close(),
  }
}

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** What WCAG 2 A and AA find wrong with a page as it is now, one line each; and how many rules had something to look at. */
export async function judgeAccess(page: Page): Promise<{ readonly violations: string[]; readonly passed: number }> {
  // Not a script of the page's: its policy allows none but its own.
  const session = await page.context().newCDPSession(page)
  try {
    await session.send('Runtime.evaluate', { expression: `${AXE};void 0` })
    const run = `axe.run(document, { runOnly: ['wcag2a', 'wcag2aa'] }).then(JSON.stringify)`
    const { result, exceptionDetails } = await session.send('Runtime.evaluate', {
      ...{ expression: run, awaitPromise: true, returnByValue: true },
    })
    if (exceptionDetails !== undefined) throw new Error(`axe failed: ${exceptionDetails.text}`)
    const { violations, passes } = JSON.parse(String(result.value)) as AxeResults
    return { violations: violations.flatMap(described), passed: passes.length }
  } finally {
    await session.detach()
  }
}

const described = ({ id, help, nodes }: AxeResults['violations'][number]): string[] =>
  nodes.map(({ target, failureSummary }) => `${id}: ${help}: ${target.join(' ')}: ${failureSummary ?? ''}`)

/** By how many pixels the page is wider than its window: 0 is what it should be. */
export const tooWide = async (page: Page): Promise<number> =>
  await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth')
