/** What happens to a date that no calendar has. `refuse` is the default: the row stops its table. */
export type ZeroDatePolicy =
  | { readonly do: 'refuse' }
  | { readonly do: 'null' }
  /** A canonical value of the target's type: `1970-01-01`, `-infinity`. */
  | { readonly do: 'literal'; readonly value: string }

/**
 * How a value's bytes, as the source's text protocol sends them, become canonical COPY text.
 * One encoder per variant, chosen once per column; the source adapter derives the SELECT expression from it too.
 */
export type Encoding =
  /** Integers and the year: digits, leading zeros (zerofill) stripped. */
  | { readonly as: 'integer' }
  | { readonly as: 'decimal' }
  | { readonly as: 'real' }
  | { readonly as: 'double' }
  /** 0 and 1 only; anything else is refused. */
  | { readonly as: 'boolean' }
  | { readonly as: 'bit-boolean' }
  | { readonly as: 'bits'; readonly width: number }
  /** Bits as an unsigned number. */
  | { readonly as: 'bit-integer' }
  | { readonly as: 'text'; readonly charset: string }
  | { readonly as: 'bytes' }
  | { readonly as: 'date'; readonly onZero: ZeroDatePolicy }
  | { readonly as: 'timestamp'; readonly zone: boolean; readonly onZero: ZeroDatePolicy }
  /** Refuses what is outside 00:00:00 to 24:00:00. */
  | { readonly as: 'time' }
  | { readonly as: 'interval' }
  /** Refuses the empty error value unless it is a label. */
  | { readonly as: 'enum'; readonly labels: readonly string[]; readonly charset: string }
  | { readonly as: 'set'; readonly labels: readonly string[]; readonly charset: string }
  | { readonly as: 'json'; readonly charset: string }
  /** Text of 32 digits, with or without hyphens. */
  | { readonly as: 'uuid' }
  /** Its sixteen bytes. */
  | { readonly as: 'uuid-bytes' }
  | { readonly as: 'inet' }
  /** Geometry as WKB in a bytea; as EWKB for PostGIS. */
  | { readonly as: 'wkb' }
  | { readonly as: 'ewkb' }
  /** 32-bit floats as real[]. */
  | { readonly as: 'vector' }

export interface Cast {
  /** Where it comes from: `house` or `casts[2]`. */
  readonly rule: string
  /** The source's declared type. */
  readonly from: string
  /** The target's type as PostgreSQL spells it, quoted where needed: `numeric(10,2)`, `shop."orders_state"`. */
  readonly to: string
  readonly encoding: Encoding
}
