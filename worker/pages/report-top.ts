import { fitnessWords } from '../../core/fitness/waivers.js'
import type { News } from '../../core/news.js'
import { bytes, count, moment, plural, seconds } from '../../core/numbers.js'
import { isClean } from '../../core/proof.js'
import { NEWS_WEIGHTS, sentence } from '../../core/words.js'
import { markup, type Html, type Part } from './html.js'
import type { PageDocument } from './page-document.js'
import { badge, section } from './parts.js'
import { openChecks } from './report-fitness.js'
import { advice, spoken } from './spoken.js'
import { verdictOf, type Said, type Tone } from './verdict.js'

/** What is seen without scrolling: how it ended, why, what to do, and its few figures. */
export function verdictPart(document: PageDocument): Html {
  const { migration, summary } = document.run
  const { tone, title, why, next } = verdictOf(document)
  const notes = (document.run.remembered?.notes ?? []).map(sentence)
  const version = summary.version === 0 ? '' : ` · version ${summary.version}`
  return markup`<section class="verdict is-${tone}" aria-labelledby="verdict">
<p class="over">${migration} · run ${summary.run}${version} · ${moment(summary.started)}</p>
<h1 id="verdict">${MARKS[tone]}<span>${title}</span></h1>
${[...why, ...notes].map((line) => markup`<p class="why">${spoken(line)}</p>`)}
${next.length > 0 && markup`<div class="next">${next.map(nextStep)}</div>`}
<dl class="figures">${figures(document).map(figure)}</dl>
</section>
`
}

const mark = (path: string): Html =>
  markup`<svg viewBox="0 0 24 24" width="30" height="30" aria-hidden="true"><circle cx="12" cy="12" r="11"/><path d="${path}"/></svg>`

const MARKS: Readonly<Record<Tone, Html>> = {
  good: mark('M7 12.4l3.4 3.4L17 9'),
  warn: mark('M12 6.5v7M12 16.6v.4'),
  bad: mark('M8.3 8.3l7.4 7.4M15.7 8.3l-7.4 7.4'),
  busy: mark('M12 6.5V12l3.5 2.5'),
}

const nextStep = ({ command, what }: Said['next'][number]): Html => markup`<p><code>${command}</code> ${what}</p>`

const figure = ([name, value, small]: Figure): Html =>
  markup`<div><dt>${name}</dt><dd>${value}${small !== '' && markup`<small>${small}</small>`}</dd></div>`

type Figure = readonly [name: string, value: string, small: string]

function figures(document: PageDocument): Figure[] {
  const { summary, report } = document.run
  if (summary.state === 'refused') return fitnessFigure(document)
  const { tables, stopped, skipped = 0, rows, ended, started } = summary
  const apart = [stopped > 0 ? `${count(stopped)} stopped` : '', skipped > 0 ? `${count(skipped)} set aside` : '']
  const isCounted =
    report !== null && report.tables.length > 0 && report.tables.every((one) => one.rowsCounted === one.rowsLoaded)
  const slowest = report?.phases.toSorted((a, b) => b.seconds - a.seconds)[0]
  return [
    ['Tables', count(tables), apart.filter(Boolean).join(', ')],
    ['Rows', count(rows), isCounted ? 'counted on both sides' : ''],
    ['Size', bytes(summary.bytes), 'as text'],
    ...(ended === null
      ? []
      : [
          [
            'Took',
            seconds((Date.parse(ended) - Date.parse(started)) / 1000),
            slowest === undefined ? '' : `most of it: ${slowest.phase}`,
          ] as const,
        ]),
    ...proofFigure(document),
    ...fitnessFigure(document),
  ]
}

function proofFigure({ run: { report } }: PageDocument): Figure[] {
  const proof = report?.proofs[0]
  if (proof === undefined) return []
  const { verdict, differences, tables } = proof
  if (verdict === null) return [['Proof', 'under way', '']]
  const clean = tables.filter((one) => isClean(one.verdict)).length
  const small =
    differences > 0 ? plural(differences, 'difference') : `${count(clean)} of ${plural(tables.length, 'table')}`
  return [['Proof', verdict, small]]
}

function fitnessFigure({ fitness }: PageDocument): Figure[] {
  if (fitness === null) return []
  const open = openChecks(fitness).length
  return [['Target fitness', open === 0 ? 'fit' : `${open} open`, fitnessWords(fitness)]]
}

/** What this run has that the one before it had not, worst first. */
export function newsPart({ run: { remembered } }: PageDocument): Part {
  if (remembered === null || remembered.since === null) return false
  const { since, news } = remembered
  if (news.length === 0) return section('news', 'News', markup`<p class="soft">None since run ${since}.</p>`)
  return section(
    'news',
    markup`News since run ${since} <span class="soft">(${count(news.length)})</span>`,
    markup`<ul class="items">${news.map(oneNews)}</ul>`,
  )
}

const oneNews = ({ kind, subject, what, remedy }: News): Html =>
  markup`<li><div class="head">${badge(TONES[NEWS_WEIGHTS[kind]], kind.replaceAll('-', ' '))}
<strong>${subject}</strong> <span>${spoken(what)}</span></div><p class="remedy">${advice(remedy)}</p></li>`

const TONES = { bad: 'bad', warn: 'warn', note: 'busy' } as const
