import { API_ROUTES } from '../../core/api.js'
import { moment } from '../../core/numbers.js'
import { Html, markup, type Part } from './html.js'
import { layout, type Page } from './layout.js'
import { LIVE_SCRIPT } from './live-script.js'
import { LIVE_STYLE } from './live-style.js'
import type { Counted, LiveHold, LiveRun, LiveTable } from './live-words.js'
import { spoken } from './spoken.js'

/** Without scripts it is loaded again so often. */
const REFRESH_SECONDS = 5

/** The page of a run that is under way: it follows the run, and becomes the report once that is over. */
export const livePage = (live: LiveRun, started: string): Page =>
  layout({
    title: `${live.words.percent} ${live.migration} ${live.run}`,
    trail: [{ text: 'Migrations', href: '/' }, { text: live.migration }, { text: `Run ${live.run}` }],
    body: markup`<style>${new Html(LIVE_STYLE)}</style><div data-live="${API_ROUTES.runLive(live.migration, live.run)}">
      <p class="hidden" role="status" data-show="said">${live.words.said}</p>
      <p class="lost" role="alert" hidden></p>
      ${verdict(live, started)} ${holds(live.holds)} ${trouble(live.trouble)} ${tables(live)}
    </div>`,
    scripts: [LIVE_SCRIPT],
    live: true,
    refreshSeconds: REFRESH_SECONDS,
  })

const verdict = ({ migration, run, tone, percent, words }: LiveRun, started: string): Part =>
  markup`<div class="sheet verdict is-${tone}">
    <p class="over">${migration}, run ${run}, begun ${moment(started)}</p>
    <h1 data-show="headline">${words.headline}</h1>
    <div class="far">${bar(percent, 'How far the run is', true)}<b data-show="percent">${words.percent}</b></div>
    <dl class="figures">${FIGURES.map(([name, word]) => markup`<div><dt>${name}</dt><dd><span data-show="${word}">${words[word]}</span><small data-show="${word}Of">${words[`${word}Of`]}</small></dd></div>`)}</dl>
  </div>`

const FIGURES: readonly (readonly [string, Counted])[] = [
  ['Tables', 'tables'],
  ['Rows', 'rows'],
  ['Size', 'bytes'],
  ['Speed', 'speed'],
  ['Left', 'left'],
  ['Since its start', 'took'],
]

/** A share of 100, said to those who do not see it. */
export const bar = (percent: number, name: string, isWhole = false): Html =>
  markup`<div class="bar" role="progressbar" aria-label="${name}" aria-valuemin="0" aria-valuemax="100" aria-valuenow="${percent}"${isWhole && new Html(' data-far')}><i style="width: ${percent}%"></i></div>`

const part = (name: string, title: string, isShown: boolean, inner: Part): Html =>
  markup`<section class="live-part" data-part="${name}"${!isShown && new Html(' hidden')}><h2>${title}</h2>${inner}</section>`

const holds = (all: readonly LiveHold[]): Html =>
  part('holds', 'Why it waits', all.length > 0, markup`<ul class="items" data-items>${all.map(holdItem)}</ul>`)

export const holdItem = ({ what, why, remedy }: LiveHold): Html =>
  markup`<li><strong>${spoken(why)}</strong><p class="soft">${what}</p><p class="remedy">${spoken(remedy)}</p></li>`

const trouble = (all: readonly string[]): Html =>
  part(
    ...(['trouble', 'Trouble', all.length > 0] as const),
    markup`<ul class="items" data-items>${all.map((line) => markup`<li>${spoken(line)}</li>`)}</ul>`,
  )

const tables = ({ tables: all, words }: LiveRun): Part =>
  markup`${part(
    'tables',
    'Tables at work',
    all.length > 0,
    markup`<div class="scroll" tabindex="0" role="region" aria-label="Tables at work"><table class="work">
    <thead><tr><th scope="col">Table</th><th scope="col">Doing</th><th scope="col">Copied</th><th scope="col" class="right">Rows</th><th scope="col" class="right">Speed</th></tr></thead>
    <tbody data-items>${all.map(tableRow)}</tbody>
  </table></div>`,
  )}<p class="soft" data-show="others">${words.others}</p>`

const tableRow = ({ table, doing, percent, rows, speed, isStopped }: LiveTable): Html =>
  markup`<tr${isStopped && new Html(' class="is-stopped"')}><th scope="row">${table}</th><td>${doing}</td><td class="bar-cell">${bar(percent, table)}</td><td class="right">${rows}</td><td class="right">${speed}</td></tr>`
