/** The types of PostgreSQL that a cast may name, by the name that `format_type` prints. */
export const TARGET_NAMES = [
  'boolean',
  'smallint',
  'integer',
  'bigint',
  'numeric',
  'real',
  'double precision',
  'text',
  'varchar',
  'bytea',
  'bit',
  'varbit',
  'date',
  'timestamp',
  'timestamptz',
  'time',
  'interval',
  'uuid',
  'inet',
  'json',
  'jsonb',
  'text[]',
  'real[]',
  'vector',
  'geometry',
] as const

export type TargetName = (typeof TARGET_NAMES)[number]

export interface TargetType {
  readonly name: TargetName
  readonly args: readonly string[]
}

const ALIASES: Readonly<Record<string, TargetName>> = {
  bool: 'boolean',
  int2: 'smallint',
  int: 'integer',
  int4: 'integer',
  int8: 'bigint',
  decimal: 'numeric',
  float4: 'real',
  float8: 'double precision',
  'character varying': 'varchar',
  'bit varying': 'varbit',
  'timestamp without time zone': 'timestamp',
  'timestamp with time zone': 'timestamptz',
  'time without time zone': 'time',
  'float4[]': 'real[]',
}

/** Reads `numeric(10,2)`, `timestamp(3) with time zone`, `int8`, in either case; null for what is no such type. */
export function parseTargetType(text: string): TargetType | null {
  const match = /^([a-z][a-z0-9 ]*?) ?(?:\(([^()]*)\))?( with(?:out)? time zone)?(\[\])?$/.exec(
    text.trim().toLowerCase().replace(/\s+/g, ' '),
  )
  if (!match) return null
  const spelled = `${match[1]!}${match[3] ?? ''}${match[4] ?? ''}`
  const name = TARGET_NAMES.find((known) => known === spelled) ?? ALIASES[spelled]
  if (!name) return null
  const args = match[2] === undefined ? [] : match[2].split(',').map((arg) => arg.trim())
  return argsFit(name, args) ? { name, args } : null
}

const WITH_LENGTH: readonly TargetName[] = ['varchar', 'bit', 'varbit', 'vector']
const WITH_FRACTION: readonly TargetName[] = ['timestamp', 'timestamptz', 'time']

function argsFit(name: TargetName, args: readonly string[]): boolean {
  if (args.length === 0) return true
  const [first = '', second = ''] = args
  if (name === 'geometry') return args.length <= 2 && /^[a-z]+$/.test(first) && /^\d*$/.test(second)
  if (!args.every((arg) => /^\d{1,8}$/.test(arg))) return false
  if (name === 'numeric') {
    return args.length <= 2 && Number(first) >= 1 && Number(first) <= 1000 && Number(second) <= Number(first)
  }
  if (args.length > 1) return false
  return WITH_LENGTH.includes(name) ? Number(first) >= 1 : WITH_FRACTION.includes(name) && Number(first) <= 6
}

/** The first argument as a number: length, precision, width; null where it was left out. */
export const firstNumber = (type: TargetType): number | null =>
  type.args[0] === undefined ? null : Number(type.args[0])

/** As it goes into DDL. */
export const spellTarget = (type: TargetType): string =>
  type.args.length ? `${type.name}(${type.args.join(',')})` : type.name
