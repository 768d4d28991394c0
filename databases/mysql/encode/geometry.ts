import { beginBytes, encodeHex } from './bytes.js'
import type { Output } from './output.js'
import { Refused } from './refused.js'

/** MySQL puts the SRID, four bytes little endian, before the WKB. */
const SRID_SIZE = 4
const TYPE_AT = SRID_SIZE + 1
const BODY_AT = TYPE_AT + 4
const HAS_SRID = 0x20000000

/** The WKB alone, as bytea. */
export function encodeWkb(out: Output, bytes: Buffer, from: number, to: number): void {
  refuseShort(from, to)
  beginBytes(out)
  encodeHex(out, bytes, from + SRID_SIZE, to)
}

/** PostGIS's own output: EWKB in upper-case hexadecimal, the SRID in the outermost geometry only and only if not 0. */
export function encodeEwkb(out: Output, bytes: Buffer, from: number, to: number): void {
  refuseShort(from, to)
  const srid = bytes.readUInt32LE(from)
  const type = bytes.readUInt32LE(from + TYPE_AT)
  const head = Buffer.alloc(srid === 0 ? 5 : 9)
  head[0] = 1
  head.writeUInt32LE(srid === 0 ? type : (type | HAS_SRID) >>> 0, 1)
  if (srid !== 0) head.writeUInt32LE(srid, 5)
  const hex = head.toString('hex') + bytes.toString('hex', from + BODY_AT, to)
  out.reserve(hex.length)
  out.ascii(hex.toUpperCase())
}

function refuseShort(from: number, to: number): void {
  if (to - from >= BODY_AT) return
  throw new Refused('the geometry is cut short', 'mend the row in the source')
}
