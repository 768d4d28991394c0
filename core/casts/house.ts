import type { Encoding, ZeroDatePolicy } from '../cast.js'
import type { SourceColumn, SourceType } from '../catalog.js'
import type { TargetFeatures } from '../ports.js'
import { utf8Length } from '../text.js'
import { charsetOf, type SourceFamily } from './family.js'

/** What the data told about a column; null where it was not asked. */
export interface Told {
  readonly boolean: boolean | null
  readonly fitsBigint: boolean | null
  readonly withinDay: boolean | null
}

/** A cast before it has names: an enum's type and a check need the table's. */
export interface ChosenCast {
  /** The target's type; for an enum what stands in its place until it is named. */
  readonly to: string
  readonly encoding: Encoding
  /** What is made for the labels: a type, a check that the text is one of them, a check that the array has only them. */
  readonly labels: 'none' | 'type' | 'text-check' | 'array-check'
}

const MAX_LABEL_BYTES = 63

const plain = (to: string, encoding: Encoding): ChosenCast => ({ to, encoding, labels: 'none' })

const withDigits = (name: string, digits: number | null): string => `${name}(${digits ?? 0})`

/**
 * Whether the house asks the data if a column holds only 0 and 1. A counter is no truth value, nor is what starts as 2.
 */
export const mayBeBoolean = ({ type, autoIncrement, default: start }: SourceColumn): boolean =>
  type.base === 'tinyint' &&
  type.length === 1 &&
  !autoIncrement &&
  !(start?.is === 'constant' && !/^[01]$/.test(start.text))

type House = (type: SourceType, told: Told, onZero: ZeroDatePolicy, features: TargetFeatures) => ChosenCast

/** The house's casts (design, section 11). What the data has not told is cast to what holds everything. */
export const HOUSE: Readonly<Record<SourceFamily, House>> = {
  integer: (type, told) => {
    if (type.base === 'tinyint' && told.boolean === true) return plain('boolean', { as: 'boolean' })
    return plain(integerType(type, told), { as: 'integer' })
  },
  year: () => plain('smallint', { as: 'integer' }),
  decimal: (type) => plain(`numeric(${type.precision ?? 10},${type.scale ?? 0})`, { as: 'decimal' }),
  float: () => plain('real', { as: 'real' }),
  double: () => plain('double precision', { as: 'double' }),
  bit: (type) =>
    (type.length ?? 1) === 1
      ? plain('boolean', { as: 'bit-boolean' })
      : plain(`bit(${type.length})`, { as: 'bits', width: type.length ?? 1 }),
  text: (type) => plain(textType(type), { as: 'text', charset: charsetOf(type) }),
  bytes: () => plain('bytea', { as: 'bytes' }),
  date: (_type, _told, onZero) => plain('date', { as: 'date', onZero }),
  datetime: (type, _told, onZero) =>
    plain(withDigits('timestamp', type.precision), { as: 'timestamp', zone: false, onZero }),
  timestamp: (type, _told, onZero) =>
    plain(withDigits('timestamptz', type.precision), { as: 'timestamp', zone: true, onZero }),
  time: (type, told) =>
    told.withinDay === true
      ? plain(withDigits('time', type.precision), { as: 'time' })
      : plain('interval', { as: 'interval' }),
  enum: (type) => {
    const encoding: Encoding = { as: 'enum', labels: type.labels, charset: charsetOf(type) }
    const fits = type.labels.every((label) => utf8Length(label) <= MAX_LABEL_BYTES)
    return fits ? { to: 'enum', encoding, labels: 'type' } : { to: 'text', encoding, labels: 'text-check' }
  },
  set: (type) => ({
    to: 'text[]',
    encoding: { as: 'set', labels: type.labels, charset: charsetOf(type) },
    labels: 'array-check',
  }),
  json: (type) => plain('jsonb', { as: 'json', charset: charsetOf(type) }),
  uuid: () => plain('uuid', { as: 'uuid' }),
  inet: () => plain('inet', { as: 'inet' }),
  vector: () => plain('real[]', { as: 'vector' }),
  geometry: (type, _told, _onZero, features) =>
    features.postgis ? plain(geometryType(type), { as: 'ewkb' }) : plain('bytea', { as: 'wkb' }),
}

function integerType(type: SourceType, told: Told): string {
  switch (type.base) {
    case 'tinyint':
      return 'smallint'
    case 'smallint':
      return type.unsigned ? 'integer' : 'smallint'
    case 'mediumint':
      return 'integer'
    case 'int':
      return type.unsigned ? 'bigint' : 'integer'
    default:
      return type.unsigned && told.fitsBigint !== true ? 'numeric(20,0)' : 'bigint'
  }
}

/** MySQL has char(0), PostgreSQL has no varchar(0). */
function textType(type: SourceType): string {
  const bounded = (type.base === 'char' || type.base === 'varchar') && (type.length ?? 0) > 0
  return bounded ? `varchar(${type.length})` : 'text'
}

const GEOMETRY_KINDS: Readonly<Record<string, string>> = {
  point: 'Point',
  linestring: 'LineString',
  polygon: 'Polygon',
  multipoint: 'MultiPoint',
  multilinestring: 'MultiLineString',
  multipolygon: 'MultiPolygon',
  geometrycollection: 'GeometryCollection',
  geomcollection: 'GeometryCollection',
}

function geometryType(type: SourceType): string {
  const kind = GEOMETRY_KINDS[type.base] ?? 'Geometry'
  if (type.srid) return `geometry(${kind},${type.srid})`
  return kind === 'Geometry' ? 'geometry' : `geometry(${kind})`
}
