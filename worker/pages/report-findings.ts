import type { Finding, NotCarried, Severity } from '../../core/finding.js'
import { count, plural } from '../../core/numbers.js'
import type { Decision } from '../../core/plan/types.js'
import type { DeclaredLoss } from '../../core/report.js'
import { became, countFindings, worstFirst } from '../../core/words.js'
import { markup, type Html, type Part } from './html.js'
import type { PageDocument } from './page-document.js'
import { badge, folded, section, table } from './parts.js'
import { advice, spoken } from './spoken.js'
import type { Tone } from './verdict.js'

/** Problems in the user's system, what the data decided, what was changed, and what the target does not have. */
export function findingsPart({ run: { report } }: PageDocument): Part {
  if (report === null) return false
  const { findings, decisions, declaredLosses, notCarried } = report
  return [
    findings.length > 0 &&
      section('findings', markup`Findings <span class="soft">(${countFindings(findings)})</span>`, found(findings)),
    decisions.length > 0 &&
      section(
        'decided',
        markup`Decided by the data <span class="soft">(${count(decisions.length)})</span>`,
        decided(decisions),
      ),
    declaredLosses.length > 0 &&
      section(
        'losses',
        markup`Declared losses <span class="soft">(${count(declaredLosses.length)})</span>`,
        lost(declaredLosses),
      ),
    notCarried.length > 0 &&
      section(
        'not-carried',
        markup`Not carried <span class="soft">(${count(notCarried.length)})</span>`,
        left(notCarried),
      ),
  ]
}

const TONE = { blocking: 'bad', warning: 'warn', info: 'busy' } as const satisfies Record<Severity, Tone>

/** Once for all that have the same name and remedy: fifteen columns of one kind are one thing to do. */
const found = (findings: readonly Finding[]): Html =>
  markup`<ul class="items">${alike(worstFirst(findings), ({ name, remedy }) => [name, remedy]).map(
    ([first, ...others]) =>
      markup`<li>${[first, ...others].map(oneFinding)}<p class="remedy">${advice(first.remedy)}</p></li>`,
  )}</ul>`

const oneFinding = ({ severity, subject, message, name }: Finding): Html =>
  markup`<div class="head">${badge(TONE[severity], severity)}<strong>${subject}</strong>
<span>${spoken(message)} <span class="soft">[${name}]</span></span></div>`

const decided = (decisions: readonly Decision[]): Html =>
  table({
    name: 'What the data decided',
    columns: [{ title: 'column' }, { title: 'decided' }, { title: 'because' }],
    rows: decisions.map((one) => [`${one.table}.${one.column}`, became(one), spoken(one.because)]),
  })

const lost = (losses: readonly DeclaredLoss[]): Html =>
  table({
    name: 'Values that a cast changed, as declared',
    columns: [{ title: 'column' }, { title: 'what' }, { title: 'rows', right: true }],
    rows: losses.map((one) => [`${one.table}.${one.column}`, one.what, count(one.rows)]),
  })

const left = (items: readonly NotCarried[]): Html =>
  markup`<ul class="items">${alike(items, ({ kind, reason }) => [kind, reason]).map(notCarried)}</ul>`

function notCarried(group: Group<NotCarried>): Html {
  const [{ kind, reason }] = group
  const originals = group.filter(({ original }) => original.trim() !== '')
  const texts = originals.map(
    (one) => markup`<p class="small aside">${nameOf(one)}</p><pre>${one.original.trim()}</pre>`,
  )
  return markup`<li><div class="head">${badge('none', kind)}<strong>${group.map(nameOf).join(', ')}</strong></div>
<p class="remedy">${advice(reason)}</p>
${originals.length > 0 && folded(originals.length === 1 ? 'Its original text' : plural(originals.length, 'original text'), texts)}</li>`
}

const nameOf = ({ table: of, name }: NotCarried): string => (of === null || of === name ? name : `${of}.${name}`)

type Group<T> = readonly [T, ...T[]]

/** In the order of their first. */
function alike<T>(items: readonly T[], by: (item: T) => readonly string[]): Group<T>[] {
  const groups = new Map<string, [T, ...T[]]>()
  for (const item of items) {
    const key = JSON.stringify(by(item))
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [item])
    else group.push(item)
  }
  return [...groups.values()]
}
