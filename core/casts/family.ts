import type { SourceType } from '../catalog.js'

/** Source types whose values are alike enough to be cast by one rule. */
export const SOURCE_FAMILIES = [
  'integer',
  'year',
  'decimal',
  'float',
  'double',
  'bit',
  'text',
  'bytes',
  'date',
  'datetime',
  'timestamp',
  'time',
  'enum',
  'set',
  'json',
  'uuid',
  'inet',
  'vector',
  'geometry',
] as const

export type SourceFamily = (typeof SOURCE_FAMILIES)[number]

const BASES: Readonly<Record<SourceFamily, readonly string[]>> = {
  integer: ['tinyint', 'smallint', 'mediumint', 'int', 'bigint'],
  year: ['year'],
  decimal: ['decimal'],
  float: ['float'],
  double: ['double'],
  bit: ['bit'],
  text: ['char', 'varchar', 'tinytext', 'text', 'mediumtext', 'longtext'],
  bytes: ['binary', 'varbinary', 'tinyblob', 'blob', 'mediumblob', 'longblob'],
  date: ['date'],
  datetime: ['datetime'],
  timestamp: ['timestamp'],
  time: ['time'],
  enum: ['enum'],
  set: ['set'],
  json: ['json'],
  uuid: ['uuid'],
  inet: ['inet4', 'inet6'],
  vector: ['vector'],
  geometry: [
    'geometry',
    'point',
    'linestring',
    'polygon',
    'multipoint',
    'multilinestring',
    'multipolygon',
    'geometrycollection',
    // MySQL 8's own spelling of the same
    'geomcollection',
  ],
}

const FAMILY_OF_BASE = new Map(
  SOURCE_FAMILIES.flatMap((family) => BASES[family].map((base) => [base, family] as const)),
)

export const KNOWN_BASES: readonly string[] = [...FAMILY_OF_BASE.keys()]

/** Null for a type that we do not know: the server is newer than we are. */
export function familyOf(type: SourceType): SourceFamily | null {
  return type.jsonAlias ? 'json' : (FAMILY_OF_BASE.get(type.base) ?? null)
}

/** Bits that hold every value of an integer type, the sign's included where it has one. */
export function integerBits(type: SourceType): number {
  return { tinyint: 8, smallint: 16, mediumint: 24, int: 32, bigint: 64 }[type.base] ?? 64
}

/** The character set that a text column's bytes are in. */
export const charsetOf = (type: SourceType): string => type.charset ?? 'utf8mb4'
