import { Failure } from '../../core/failure.js'
import type { MigrationStatus } from '../../core/status.js'
import { inTime } from '../in-time.js'
import { NotThere, noSuchPath } from '../not-there.js'
import type { Site } from '../site.js'
import { INDEX_LIVE, indexLive, indexPage, type Listed } from './index-page.js'
import type { Page } from './layout.js'
import { livePage } from './live-page.js'
import { type Followed, followRuns } from './live-progress.js'
import { type LiveRun, liveRun, overRun } from './live-words.js'
import { choicePage, problemPage, type RunLink } from './problem-page.js'
import { migrationsWith } from './run-finder.js'
import { endedPage } from './run-page.js'

/** What an address of a page answers: a page, or what its script asks for. */
export type Reply = { readonly status: number; readonly page: Page } | { readonly json: unknown }

/** Whether a person's browser stands at that path, and not a program. */
export const isPage = (path: string): boolean => path === '/' || /^\/runs\/[^/]*$/.test(path)

/** The pages of a control worker. Null: no page is there. Throws as the documents do. */
export function openPages(site: Site): (url: URL) => Promise<Reply | null> {
  const followed = followRuns(site)
  return async (url) => {
    if (url.pathname === '/') return { status: 200, page: indexPage(await listed(site, followed), Date.now()) }
    if (url.pathname === INDEX_LIVE) return { json: indexLive(await listed(site, followed)) }
    const [, run = '', what] = /^\/runs\/([^/]+)(?:\/(live))?$/.exec(url.pathname) ?? []
    if (run === '') return null
    const asked = {
      run: decoded(run),
      migration: url.searchParams.get('migration'),
      file: url.searchParams.has('file'),
    }
    return what === 'live' ? { json: await askLive(site, followed, asked) } : await askRun(site, followed, asked)
  }
}

interface Asked {
  readonly run: string
  /** Null: whichever has such a run. */
  readonly migration: string | null
  /** It is to be kept: the report as it is, also of a run that is under way. */
  readonly file: boolean
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw noSuchPath()
  }
}

async function listed({ migrations }: Site, followed: Followed): Promise<Listed[]> {
  const all = await migrations.all()
  return await Promise.all(
    all.map(async (one) => ({ ...one, live: one.status && (await liveOf(one.status, followed)) })),
  )
}

/** Null: nothing is under way. */
async function liveOf(status: MigrationStatus, followed: Followed): Promise<LiveRun | null> {
  const { running } = status
  return running && liveRun(status, running, await followed.look(status), Date.now())
}

async function askLive({ migrations }: Site, followed: Followed, { run, migration }: Asked): Promise<unknown> {
  if (migration === null) throw new NotThere('Which migration is not said', 'Add ?migration=NAME.')
  const found = await migrations.one(migration)
  if (found === null) throw noMigration(migration)
  if (found.status === null)
    throw new Failure('refused', `Migration ${migration} does not answer`, {
      remedy: `\`nightferry status ${migration}\` says why.`,
    })
  return found.status.running?.run === run ? await liveOf(found.status, followed) : overRun(migration, run)
}

const noMigration = (migration: string): NotThere =>
  new NotThere(`There is no migration ${migration}`, 'The page / lists those there are.')

async function askRun(site: Site, followed: Followed, asked: Asked): Promise<Reply> {
  const { run, migration } = asked
  if (migration === null) {
    const [only, ...more] = await migrationsWith(site, run)
    if (only === undefined) return unknownRun(run, await runsThereAre(site))
    return more.length === 0
      ? await pageOf(site, followed, { ...asked, migration: only.migration })
      : { status: 200, page: choicePage(run, [only, ...more]) }
  }
  return await pageOf(site, followed, { ...asked, migration })
}

async function pageOf(site: Site, followed: Followed, asked: Asked & { migration: string }): Promise<Reply> {
  const { run, migration, file } = asked
  const found = await site.migrations.one(migration)
  if (found === null) throw noMigration(migration)
  const { status } = found
  if (status === null || status.target === null)
    return {
      status: status === null ? 503 : 404,
      page: problemPage(
        status === null ? `Migration ${migration} does not answer` : `Migration ${migration} has no run yet`,
        status === null ? `\`nightferry status ${migration}\` says why.` : 'Begin one: nightferry run FILE.',
        [],
        status === null,
      ),
    }
  if (status.running?.run === run && !file) {
    const live = await liveOf(status, followed)
    if (live !== null) return { status: 200, page: livePage(live, status.running.started) }
  }
  const { connection, database, published } = status.target
  try {
    const where = { connection, database: published ?? database, migration }
    const page = await inTime(REPORT_MS, endedPage(site.ports, where, run, !file), silentTarget)
    return { status: 200, page }
  } catch (error) {
    if (!(error instanceof NotThere)) throw error
    return unknownRun(run, linksOf(migration, status))
  }
}

/** A report of 10,000 tables takes seconds to read and to write. */
const REPORT_MS = 20_000

function silentTarget(): never {
  throw new Failure('target-unreachable', `The target has not answered for ${REPORT_MS / 1000} s`, {
    remedy: 'See whether its server, its disk and the network to it are well; then ask again.',
  })
}

const unknownRun = (run: string, links: readonly RunLink[]): Reply => ({
  status: 404,
  page: problemPage(
    `There is no run ${run}`,
    links.length === 0 ? 'No migration here has had one yet.' : 'These are the runs there are, newest first.',
    links,
  ),
})

const linksOf = (migration: string, { runs }: MigrationStatus): RunLink[] => runs.map((run) => ({ migration, run }))

async function runsThereAre({ migrations }: Site): Promise<RunLink[]> {
  const all = await migrations.all()
  return all
    .flatMap(({ migration, status }) => (status === null ? [] : linksOf(migration, status)))
    .toSorted((a, b) => Date.parse(b.run.started) - Date.parse(a.run.started))
}
