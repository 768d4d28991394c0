import { API_ROUTES } from '../../core/api.js'
import { moment } from '../../core/numbers.js'
import type { RunSummary } from '../../core/run.js'
import { stateWords } from '../../core/words.js'
import { type Html, markup } from './html.js'
import { layout, type Page } from './layout.js'
import { spoken } from './spoken.js'

/** A run that a page can go to. */
export interface RunLink {
  readonly migration: string
  readonly run: Pick<RunSummary, 'run' | 'started' | 'state'> &
    Partial<Pick<RunSummary, 'label' | 'skipped' | 'published'>>
}

const MOST_LINKS = 60

/** Somebody may answer in a while: the page looks by itself. */
const AGAIN_SECONDS = 5
const AGAIN = `setTimeout(() => location.reload(), ${AGAIN_SECONDS * 1000})`

/** Something is not there, or not allowed: what, and what to do about it. One that passes is loaded again. */
export const problemPage = (title: string, remedy: string, links: readonly RunLink[] = [], passes = false): Page =>
  layout({
    ...(passes && { scripts: [AGAIN], refreshSeconds: AGAIN_SECONDS }),
    ...{ title: `${title} – Nightferry`, trail: [{ text: 'Migrations', href: '/' }] },
    body: markup`<section><h1>${title}</h1><p class="lead">${spoken(remedy)}</p>${listOf(links)}</section>`,
  })

/** Whoever has no token is told where it is, and nothing else. */
export const loginPage = (): Page =>
  layout({
    ...{ title: 'Log in – Nightferry', trail: [] },
    body: markup`<section><h1>Log in</h1>
      <p>Any user name will do; the password is the token of this control worker.</p>
      <p>It stands as <code>token</code> in <code>.nightferry/api.json</code> of the folder where <code>nightferry up</code> or the worker runs, or, where the worker was told one, in its <code>NIGHTFERRY_API_TOKEN</code>. <code>nightferry page</code> says where these pages are.</p>
      <p>Load this page again to log in.</p></section>`,
  })

/** Several migrations have a run of that id: it is the second in which each began. */
export const choicePage = (run: string, links: readonly RunLink[]): Page =>
  problemPage(`Run ${run} of which migration?`, 'More than one has a run of that name, which is when it began.', links)

const listOf = (links: readonly RunLink[]): Html | false =>
  links.length > 0 &&
  markup`<ul class="items">${links
    .slice(0, MOST_LINKS)
    .map(
      ({ migration, run }) =>
        markup`<li><a href="${API_ROUTES.runPage(migration, run.run)}">${migration}, run ${run.run}</a>: ${stateWords(run)}, begun ${moment(run.started)}</li>`,
    )}</ul>`
