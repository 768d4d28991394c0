import type { Cast, Encoding, ZeroDatePolicy } from '../cast.js'
import type { SourceColumn } from '../catalog.js'
import type { CastRule } from '../config/types.js'
import type { Finding } from '../finding.js'
import type { Decision } from '../plan/types.js'
import type { TargetFeatures } from '../ports.js'
import { sentenceList } from '../text.js'
import { CONVERSIONS, isNarrower } from './conversions.js'
import { familyOf, type SourceFamily } from './family.js'
import { houseFindings } from './house-findings.js'
import { HOUSE, type ChosenCast, type Told } from './house.js'
import { findRule } from './rules.js'
import { parseTargetType, spellTarget, TARGET_NAMES, type TargetType } from './target-type.js'
import { canonicalMoment } from './zero-date.js'

/** What one column becomes, and what is to be said about it. */
export interface ColumnCast {
  readonly cast: Cast
  readonly labels: ChosenCast['labels']
  /** True where a rule named the type: then the data was not asked, and linked columns follow. */
  readonly explicit: boolean
  readonly findings: readonly Finding[]
}

const REFUSE: ZeroDatePolicy = { do: 'refuse' }

/**
 * Chooses a column's cast: the first of the user's rules that speaks of it, else the house's. Never throws: what cannot
 * be done is a blocking finding beside the house's cast, so that one look at the plan shows everything.
 */
export function castColumn(
  column: SourceColumn,
  table: string,
  rules: readonly CastRule[],
  decisions: readonly Decision[],
  features: TargetFeatures,
): ColumnCast {
  const subject = `${table}.${column.name}`
  const found = findRule(rules, table, column)
  const family = familyOf(column.type)
  if (!family) return unknownType(column, subject, found?.rule.to)
  const zero = zeroPolicy(column, subject, found?.rule.onZeroDate)
  const rule = found ? `casts[${found.index}]` : 'house'
  if (found?.rule.to !== undefined) {
    const asked = convertColumn(column, subject, found.rule.to, rule, zero.policy, features)
    if (asked.ok) return finish(asked.column, subject, zero)
    return finish(
      { ...house(column, subject, family, decisions, zero.policy, features), findings: [asked.finding] },
      subject,
      zero,
    )
  }
  const chosen = house(column, subject, family, decisions, zero.policy, features)
  return finish({ ...chosen, cast: { ...chosen.cast, rule } }, subject, zero)
}

/** Casts a column to a type that somebody named; the finding says what would be possible. */
export function convertColumn(
  column: SourceColumn,
  subject: string,
  to: string,
  rule: string,
  onZero: ZeroDatePolicy,
  features: TargetFeatures,
): { ok: true; column: ColumnCast } | { ok: false; finding: Finding } {
  const family = familyOf(column.type)
  const target = parseTargetType(to)
  const encoding = family && target ? encodingFor(column, family, target, onZero, features) : null
  if (!family || !target || !encoding || typeof encoding === 'string') {
    return { ok: false, finding: impossible(column, subject, to, family, target, encoding) }
  }
  const cast: Cast = { rule, from: column.type.declared, to: spellTarget(target), encoding }
  const findings = isNarrower(column.type, family, target) ? [narrower(column, subject, cast.to)] : []
  return { ok: true, column: { cast, labels: 'none', explicit: true, findings } }
}

function encodingFor(
  column: SourceColumn,
  family: SourceFamily,
  target: TargetType,
  onZero: ZeroDatePolicy,
  features: TargetFeatures,
): Encoding | string | null {
  if (target.name === 'geometry' && !features.postgis) return 'PostGIS in the target database'
  return CONVERSIONS[family][target.name]?.(column.type, target, onZero) ?? null
}

function impossible(
  column: SourceColumn,
  subject: string,
  to: string,
  family: SourceFamily | null,
  target: TargetType | null,
  instead: Encoding | string | null,
): Finding {
  const possible = family ? Object.keys(CONVERSIONS[family]) : []
  const wanted = typeof instead === 'string' ? `needs ${instead}` : `can become ${sentenceList(possible, 'or')}`
  const known = target ? '' : `, which is no type that Nightferry writes (${TARGET_NAMES.join(', ')})`
  return {
    name: 'cast-impossible',
    severity: 'blocking',
    subject,
    message: `a rule casts ${column.type.declared} to ${to}${known}`,
    remedy: `${column.type.declared} ${wanted}: change the rule's to`,
  }
}

const narrower = (column: SourceColumn, subject: string, to: string): Finding => ({
  name: 'cast-narrower',
  severity: 'info',
  subject,
  message: `${to} holds fewer values than ${column.type.declared}`,
  remedy: 'nothing where the values fit; a row with a value beyond is refused and named, and stops its table',
})

function house(
  column: SourceColumn,
  subject: string,
  family: SourceFamily,
  decisions: readonly Decision[],
  onZero: ZeroDatePolicy,
  features: TargetFeatures,
): ColumnCast {
  const told = toldOf(decisions, subject)
  const { to, encoding, labels } = HOUSE[family](column.type, told, onZero, features)
  const findings = houseFindings(column, subject, family, told, to)
  return { cast: { rule: 'house', from: column.type.declared, to, encoding }, labels, explicit: false, findings }
}

function toldOf(decisions: readonly Decision[], subject: string): Told {
  const answer = (ask: Decision['question']): boolean | null =>
    decisions.find((d) => d.question === ask && `${d.table}.${d.column}` === subject)?.answer ?? null
  return { boolean: answer('boolean'), fitsBigint: answer('fits-bigint'), withinDay: answer('within-a-day') }
}

/** Keeps the value's text, where a rule says that this will do; blocks otherwise. */
function unknownType(column: SourceColumn, subject: string, to: string | undefined): ColumnCast {
  const { declared } = column.type
  const cast: Cast = { rule: 'house', from: declared, to: 'text', encoding: { as: 'text', charset: 'utf8mb4' } }
  const finding: Finding = {
    name: 'type-unknown',
    severity: to === 'text' ? 'warning' : 'blocking',
    subject,
    message: `Nightferry does not know the type ${declared}`,
    remedy: `exclude the table, or take the text that the server prints with {column: ${subject}, to: text}`,
  }
  return { cast, labels: 'none', explicit: to === 'text', findings: [finding] }
}

interface Zero {
  readonly policy: ZeroDatePolicy
  readonly findings: readonly Finding[]
}

/** The policy for this column, its literal as the target prints it. */
function zeroPolicy(column: SourceColumn, subject: string, asked: ZeroDatePolicy | undefined): Zero {
  const family = familyOf(column.type)
  if (asked === undefined || asked.do === 'refuse') return { policy: REFUSE, findings: [] }
  if (family !== 'date' && family !== 'datetime' && family !== 'timestamp') {
    return { policy: REFUSE, findings: [zeroFinding(subject, `${column.type.declared} has no zero dates`)] }
  }
  if (asked.do === 'null') return { policy: asked, findings: [] }
  const as = family === 'date' ? 'date' : 'timestamp'
  const value = canonicalMoment(asked.value, as)
  if (value !== null) return { policy: { do: 'literal', value }, findings: [] }
  return { policy: REFUSE, findings: [zeroFinding(subject, `${asked.value} is no value of ${column.type.declared}`)] }
}

const zeroFinding = (subject: string, message: string): Finding => ({
  name: 'zero-date-rule-impossible',
  severity: 'blocking',
  subject,
  message: `a rule sets on_zero_date, but ${message}`,
  remedy:
    'give on_zero_date only to date, datetime and timestamp columns, as refuse, null, or a date such as 1970-01-01',
})

/** Adds the policy's findings, and the zone to a literal that becomes a timestamptz. */
function finish(column: ColumnCast, subject: string, zero: Zero): ColumnCast {
  const findings = [...column.findings, ...zero.findings]
  const { encoding } = column.cast
  if (!('onZero' in encoding)) {
    const lost = zero.policy.do !== 'refuse' && zeroFinding(subject, `${column.cast.to} keeps zero dates as they are`)
    return { ...column, findings: lost ? [...findings, lost] : findings }
  }
  if (encoding.as !== 'timestamp' || !encoding.zone || encoding.onZero.do !== 'literal') return { ...column, findings }
  const value = encoding.onZero.value.endsWith('infinity') ? encoding.onZero.value : `${encoding.onZero.value}+00`
  const zoned: Encoding = { ...encoding, onZero: { do: 'literal', value } }
  return { ...column, findings, cast: { ...column.cast, encoding: zoned } }
}
