import type { Finding, NotCarried, Severity } from '../finding.js'
import type { RunMemory } from '../memory.js'
import type { News } from '../news.js'

const ORDER: Record<Severity, number> = { blocking: 0, warning: 1, info: 2 }

/** Findings, and things that are not carried, which the run before had not. */
export function findingNews(tonight: RunMemory, before: RunMemory): News[] {
  const known = new Set((before.report?.findings ?? []).map(id))
  const came = cameOf(tonight, before)
  const isNews = (finding: Finding): boolean =>
    !known.has(id(finding)) && (finding.severity !== 'info' || !came(finding.subject))
  const findings = (tonight.report?.findings ?? [])
    .filter(isNews)
    .toSorted((a, b) => ORDER[a.severity] - ORDER[b.severity])
  return [...findings.map(asNews), ...leftNews(tonight, before)]
}

const id = ({ name, subject }: Finding): string => `${name} ${subject}`

const asNews = ({ name, subject, message, remedy }: Finding): News => ({
  ...{ kind: 'finding', subject, remedy },
  what: `${message} [${name}]`,
})

/** New tables with all that is in them, and new columns: what the house has to remark on them is in the report. */
function cameOf(tonight: RunMemory, before: RunMemory): (subject: string) => boolean {
  const then = new Map(before.tables.map(({ table, columns }) => [table, new Map(columns.map((c) => [c.name, c]))]))
  const tables = tonight.tables.flatMap(({ table }) => (then.has(table) ? [] : [table]))
  const changed = tonight.tables.flatMap(({ table, columns }) =>
    columns.flatMap(({ name, source, target }) => {
      const known = then.get(table)?.get(name)
      return known?.source === source && known.target === target ? [] : [`${table}.${name}`]
    }),
  )
  const columns = new Set(changed)
  return (subject) =>
    columns.has(subject) || tables.some((table) => subject === table || subject.startsWith(`${table}.`))
}

/** Of a new table, what it has that is not carried is in the report; a table that a person set aside is no news. */
function leftNews(tonight: RunMemory, before: RunMemory): News[] {
  const known = new Set((before.report?.notCarried ?? []).map(leftId))
  const tables = new Set(before.tables.map(({ table }) => table))
  return (tonight.report?.notCarried ?? [])
    .filter((one) => one.kind !== 'table' && !known.has(leftId(one)) && (one.table === null || tables.has(one.table)))
    .map(({ kind, name, table, reason }) => ({
      kind: 'finding',
      subject: table === null || name.startsWith(`${table}.`) ? name : `${table}.${name}`,
      what: `${kind} is new in the source and is not carried: ${reason}`,
      remedy: 'nothing, or make it in the target by hand: its original text is in the report',
    }))
}

const leftId = ({ kind, table, name }: NotCarried): string => `${kind} ${table ?? ''} ${name}`
