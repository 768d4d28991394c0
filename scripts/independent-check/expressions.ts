/**
 * How the independent check turns a value into the same text on both sides, in plain SQL. It shares no code with the
 * product: a mistake in the product's encoders cannot hide here. Source: the two manuals' own functions.
 */
export interface SourceColumn {
  readonly name: string
  readonly dataType: string
  readonly columnType: string
  /** A JSON alias of MariaDB is longtext with a json_valid check: the target's type tells. */
  readonly charset: string | null
}

export interface TargetColumn {
  readonly name: string
  /** `format_type` without its modifier: `timestamp without time zone`, `text[]`. */
  readonly type: string
  /** b base, e enum, d domain. */
  readonly kind: string
}

export interface Pair {
  readonly source: string
  readonly target: string
}

export const backtick = (name: string): string => `\`${name.replaceAll('`', '``')}\``
export const doubleQuote = (name: string): string => `"${name.replaceAll('"', '""')}"`

const INTEGERS = new Set(['tinyint', 'smallint', 'mediumint', 'int', 'bigint', 'year'])
const BINARY = new Set(['binary', 'varbinary', 'tinyblob', 'blob', 'mediumblob', 'longblob'])
const GEOMETRY = new Set([
  'geometry',
  'point',
  'linestring',
  'polygon',
  'multipoint',
  'multilinestring',
  'multipolygon',
  'geometrycollection',
  'geomcollection',
])

/** Microseconds of a time value, with its sign: MySQL's goes to 838 hours, PostgreSQL's interval says them in seconds. */
const microseconds = (c: string): string =>
  `CAST(IF(${c} < 0, -1, 1) * ((HOUR(${c}) * 3600 + MINUTE(${c}) * 60 + SECOND(${c})) * 1000000 + MICROSECOND(${c})) AS CHAR)`

/** Null where the two sides cannot be compared as text in SQL: json, which is compared as parsed values. */
export function textPair(source: SourceColumn, target: TargetColumn): Pair | null {
  const s = backtick(source.name)
  const t = doubleQuote(target.name)
  const type = source.dataType
  if (target.type === 'jsonb' || target.type === 'json') return null
  if (INTEGERS.has(type))
    return { source: `CAST(${s} + 0 AS CHAR)`, target: target.type === 'boolean' ? `${t}::int::text` : `${t}::text` }
  if (type === 'decimal') return { source: `CAST(${s} + 0 AS CHAR)`, target: `${t}::text` }
  if (type === 'double' || type === 'float') return floatPair(s, t)
  if (type === 'bit') return bitPair(s, t, target.type)
  if (type === 'date')
    return { source: `CAST(NULLIF(CAST(${s} AS CHAR), '0000-00-00') AS CHAR)`, target: `to_char(${t}, 'YYYY-MM-DD')` }
  if (type === 'datetime' || type === 'timestamp') {
    const zone = target.type === 'timestamp with time zone' ? ` AT TIME ZONE 'UTC'` : ''
    return {
      source: `NULLIF(DATE_FORMAT(${s}, '%Y-%m-%d %H:%i:%s.%f'), '0000-00-00 00:00:00.000000')`,
      target: `to_char(${t}${zone}, 'YYYY-MM-DD HH24:MI:SS.US')`,
    }
  }
  if (type === 'time') return { source: microseconds(s), target: `(extract(epoch from ${t}) * 1000000)::bigint::text` }
  if (BINARY.has(type)) return { source: `HEX(${s})`, target: `upper(encode(${t}, 'hex'))` }
  if (GEOMETRY.has(type)) return geometryPair(s, t, target.type)
  if (type === 'vector') return vectorPair(s, t)
  if (type === 'set') return { source: `CONVERT(${s} USING utf8mb4)`, target: `array_to_string(${t}, ',')` }
  if (type === 'inet4' || type === 'inet6') return { source: `CAST(${s} AS CHAR)`, target: `host(${t})` }
  if (type === 'uuid') return { source: `CAST(${s} AS CHAR)`, target: `${t}::text` }
  return { source: `CONVERT(${s} USING utf8mb4)`, target: `${t}::text` }
}

/** Both sides say the number in decimal digits; 1e-300 and 1e300 are out of reach of a decimal, so they stay as text. */
function floatPair(s: string, t: string): Pair {
  const text = `CAST(CAST(${s} AS DOUBLE) AS CHAR)`
  const plain = `abs(${t}::float8) between 1e-10 and 1e25 or ${t} = 0`
  return {
    source: `IF(ABS(${s}) BETWEEN 1e-10 AND 1e25 OR ${s} = 0, CAST(CAST(${text} AS DECIMAL(65, 30)) AS CHAR), ${text})`,
    target: `case when ${plain} then round(${t}::float8::text::numeric, 30)::text else regexp_replace(${t}::float8::text, 'e\\+?(-?)0*', 'e\\1') end`,
  }
}

/** MySQL turns the axes of geographic systems around unless told not to; MariaDB does not, and skips such a comment. */
function geometryPair(s: string, t: string, type: string): Pair {
  const bytes = type === 'bytea' ? t : `ST_AsBinary(${t}, 'NDR')`
  return {
    source: `HEX(ST_AsBinary(${s} /*!80000 , 'axis-order=long-lat' */))`,
    target: `upper(encode(${bytes}, 'hex'))`,
  }
}

/** Both servers keep four bytes a number, the source with the lowest first. */
function vectorPair(s: string, t: string): Pair {
  const bytes = [3, 2, 1, 0].map((i) => `substr(float4send(e), ${i + 1}, 1)`).join(' || ')
  return {
    source: `HEX(${s})`,
    target: `case when ${t} is not null then (select upper(encode(string_agg(${bytes}, '' order by i), 'hex')) from unnest(${t}::real[]) with ordinality u (e, i)) end`,
  }
}

function bitPair(s: string, t: string, type: string): Pair {
  if (type === 'boolean') return { source: `CAST(${s} + 0 AS CHAR)`, target: `${t}::int::text` }
  return { source: `BIN(${s} + 0)`, target: `coalesce(nullif(ltrim(${t}::text, '0'), ''), left(${t}::text, 1))` }
}
