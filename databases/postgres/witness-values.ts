import type { Cast, ZeroDatePolicy } from '../../core/cast.js'
import type { PlannedColumn } from '../../core/plan/types.js'
import { ident } from './quote.js'

/** The same texts as the source's witness makes, from the values that are stored here and by this server's own functions. */
export function witnessItems({ target, cast, notNull }: PlannedColumn): string[] {
  const [first, ...more] = itemsOf(ident(target), cast)
  return [notNull ? first : `coalesce((${first})::text, '~')`, ...more]
}

/** As on the source: longer values are hashed for themselves. */
const LONG = 1024

/** The first item is NULL where the value is; the others are then too, and concat_ws leaves them out. */
function itemsOf(c: string, cast: Cast): [string, ...string[]] {
  const { encoding } = cast
  switch (encoding.as) {
    case 'integer':
    case 'decimal':
    case 'bits':
    case 'bit-integer':
      return [c]
    case 'boolean':
    case 'bit-boolean':
      return [`${c}::int`]
    case 'real':
    case 'double':
      return [`encode(float8send(${c}), 'hex')`]
    case 'text':
      return textItems(`${c}::text`, room(cast) * 4)
    case 'enum':
      return textItems(`${c}::text`, 0)
    case 'set':
      return [`cardinality(${c})`, ...textItems(`array_to_string(${c}, ',')`, Infinity)]
    case 'bytes':
    case 'wkb':
      return bytesItems(c)
    case 'vector':
      return [vector(c)]
    case 'date':
      return [finite(c, encoding.onZero, `${c} - date '1970-01-01'`)]
    case 'timestamp':
      return [finite(c, encoding.onZero, `extract(epoch from ${c})`)]
    case 'time':
    case 'interval':
      return [`extract(epoch from ${c})`]
    case 'uuid':
    case 'uuid-bytes':
      return [`replace(${c}::text, '-', '')`]
    case 'inet':
      return [`encode(inet_send(${c}), 'hex')`]
    case 'json':
    case 'ewkb':
      throw new RangeError(`${encoding.as} is not witnessed`)
  }
}

/** Characters that a value may have at most. */
const room = ({ to }: Cast): number => Number(/^varchar\((\d+)\)$/.exec(to)?.[1] ?? Infinity)

function textItems(text: string, atMost: number): [string, string] {
  const size = `octet_length(${text})`
  if (atMost <= LONG) return [size, text]
  return [size, `CASE WHEN ${size} > ${LONG} THEN encode(sha256(convert_to(${text}, 'UTF8')), 'hex') ELSE ${text} END`]
}

const bytesItems = (c: string): [string, string] => [
  `octet_length(${c})`,
  `CASE WHEN octet_length(${c}) > ${LONG} THEN encode(sha256(${c}), 'hex') ELSE encode(${c}, 'hex') END`,
]

/** The source keeps a number's lowest byte first. */
function vector(c: string): string {
  const bytes = [4, 3, 2, 1].map((place) => `substr(float4send(n), ${place}, 1)`).join(' || ')
  const all = `SELECT encode(string_agg(${bytes}, ''::bytea ORDER BY i), 'hex') FROM unnest(${c}) WITH ORDINALITY AS u (n, i)`
  return `CASE WHEN ${c} IS NOT NULL THEN (${all}) END`
}

/** Only a literal of the config's puts an infinity where a date should be. */
const finite = (c: string, onZero: ZeroDatePolicy, say: string): string =>
  onZero.do === 'literal' && onZero.value.endsWith('infinity')
    ? `CASE WHEN isfinite(${c}) THEN (${say})::text ELSE ${c}::text END`
    : say
