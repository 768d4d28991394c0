import { createHash } from 'node:crypto'
import { API_ROUTES, type OpenMigration } from '../../core/api.js'
import { lastBegun, type RunSummary } from '../../core/run.js'
import type { MigrationStatus } from '../../core/status.js'
import { Html, markup, type Part } from './html.js'
import { INDEX_SCRIPT } from './index-script.js'
import { factsOf, lastWords, runWords, signOf, stateOf, toneOf } from './index-words.js'
import { layout, type Page } from './layout.js'
import { bar, holdItem } from './live-page.js'
import { LIVE_STYLE } from './live-style.js'
import { holdOf, type LiveRun } from './live-words.js'
import { spoken } from './spoken.js'

/** A migration as the list shows it, with its run that is under way. */
export interface Listed extends OpenMigration {
  readonly live: LiveRun | null
}

/** What the list asks while it is open: how far runs are; another `stamp` means that it has something else to show. */
export interface IndexLive {
  readonly format: 1
  readonly stamp: string
  readonly running: readonly { readonly migration: string; readonly percent: number; readonly words: string }[]
}

export const INDEX_LIVE = '/live'

/** As many as fit on a line or two. */
const MARKS = 30

const REFRESH_SECONDS = 15

/** Every migration: how it is at a glance, its last runs, what it waits for. */
export const indexPage = (all: readonly Listed[], now: number): Page =>
  layout({
    title: all.length === 1 ? `${all[0]?.migration} – Nightferry` : 'Migrations – Nightferry',
    trail: [{ text: 'Migrations' }],
    body: markup`<style>${new Html(LIVE_STYLE)}</style><div data-index="${INDEX_LIVE}" data-stamp="${stampOf(all)}">
      <h1 class="page-title">Migrations</h1>
      <p class="lost" role="alert" hidden></p>
      ${all.length === 0 ? empty : all.map((one) => card(one, now))}
    </div>`,
    scripts: [INDEX_SCRIPT],
    live: true,
    refreshSeconds: REFRESH_SECONDS,
  })

export const indexLive = (all: readonly Listed[]): IndexLive => ({
  ...{ format: 1, stamp: stampOf(all) },
  running: all.flatMap(({ migration, live }) =>
    live === null ? [] : [{ migration, percent: live.percent, words: farWords(live) }],
  ),
})

/** Differs when more than a number does. A hash: names hold signs that are spelled otherwise in a page than in JSON. */
const stampOf = (all: readonly Listed[]): string =>
  createHash('sha256')
    .update(JSON.stringify(all.map(stampedOf)))
    .digest('base64url')

const stampedOf = ({ migration, status }: Listed): unknown =>
  status === null
    ? [migration]
    : [
        ...[migration, status.applying, status.running?.run, status.proving?.proof, status.versions.length],
        ...[status.holds.map(({ id, why }) => [id, why]), status.schedule, status.ownership],
        status.runs.map(({ run, state, published, skipped }) => [run, state, published, skipped]),
      ]

const farWords = ({ words }: LiveRun): string =>
  `${words.headline}, ${words.percent}, tables: ${words.tables} ${words.tablesOf}`

const empty = markup`<section><h2>No migration yet</h2>
  <p>Write a config file, look at what it would do with <code>nightferry plan FILE</code>, and begin with <code>nightferry run FILE</code>. Or try <code>nightferry quick SOURCE TARGET</code>.</p>
  <p class="soft">One that was begun a moment ago takes a second or two to be listed.</p></section>`

function card({ migration, status, live }: Listed, now: number): Html {
  const { tone, text } = stateOf(status)
  const last = status && lastBegun(status.runs)
  const running = status?.running ?? null
  const href =
    running !== null
      ? API_ROUTES.runPage(migration, running.run)
      : last
        ? API_ROUTES.runPage(migration, last.run)
        : null
  return markup`<section class="card" data-migration="${migration}"><div class="head">
    <h2>${href === null ? migration : markup`<a href="${href}">${migration}</a>`}</h2><span class="badge is-${tone}">${text}</span></div>
    ${status === null ? silent(migration) : told(status, live, now)}</section>`
}

const silent = (migration: string): Html =>
  markup`<p class="say">Its workflow does not answer. <code>nightferry status ${migration}</code> says why.</p>`

function told(status: MigrationStatus, live: LiveRun | null, now: number): Part {
  const said = lastWords(status)
  return [
    live !== null && under(live),
    status.holds.length > 0 &&
      markup`<ul class="items">${status.holds.map((hold) => holdItem(holdOf(hold, status.migration)))}</ul>`,
    said !== null && markup`<p class="say">${spoken(said)}</p>`,
    said === null &&
      status.running === null &&
      markup`<p class="say">No run has ended yet. Begin one: <code>nightferry run FILE</code>.</p>`,
    marks(status),
    markup`<dl class="facts">${factsOf(status, now).map(([name, words]) => markup`<dt>${name}</dt><dd>${spoken(words)}</dd>`)}</dl>`,
  ]
}

const under = (
  live: LiveRun,
): Html => markup`<div class="far">${bar(live.percent, `How far the run of ${live.migration} is`)}</div>
  <p class="small"><span data-far-words>${farWords(live)}</span>. <a href="${API_ROUTES.runPage(live.migration, live.run)}">Follow run ${live.run}</a></p>`

/** Newest first, as everywhere. */
const marks = ({ migration, runs }: MigrationStatus): Part =>
  runs.length > 0 &&
  markup`<h3 class="hidden">Last runs of ${migration}, newest first</h3><ol class="marks">${runs.slice(0, MARKS).map((run) => mark(migration, run))}</ol>`

const mark = (migration: string, run: RunSummary): Html =>
  markup`<li><a class="mark is-${toneOf(run)}${run.published === 'published' && ' is-published'}" href="${API_ROUTES.runPage(migration, run.run)}" title="${runWords(run)}"><span aria-hidden="true">${signOf(run)}</span><span class="hidden">${runWords(run)}</span></a></li>`
