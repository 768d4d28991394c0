import type { Connection } from 'mysql2'
import { isSingleByte, textReading } from './charsets.js'
import type { PlannedTable } from '../../core/plan/types.js'
import { type Decoder, latin1Decoder, singleByteDecoder, unicodeDecoder } from './encode/decode.js'

/** Server and charset to its table: a server's conversions do not change while it runs. */
const tables = new Map<string, Promise<Decoder>>()

export type Decoders = ReadonlyMap<string, Decoder>

/** The charsets of a table's columns that are read as stored, in the order of their columns. */
export function storedCharsets(table: PlannedTable): string[] {
  const charsets = table.columns.flatMap(({ cast: { encoding } }) => ('charset' in encoding ? [encoding.charset] : []))
  return [...new Set(charsets)].filter((charset) => textReading(charset) === 'stored')
}

/** What decodes each of these charsets; asks the server once for each single-byte one. */
export async function decodersFor(connection: Connection, charsets: readonly string[]): Promise<Decoders> {
  const decoders = new Map<string, Decoder>()
  for (const charset of charsets) {
    if (charset === 'latin1') decoders.set(charset, latin1Decoder())
    else if (isSingleByte(charset)) decoders.set(charset, await cachedTable(connection, charset))
    else decoders.set(charset, unicodeDecoder(charset))
  }
  return decoders
}

async function cachedTable(connection: Connection, charset: string): Promise<Decoder> {
  const { host, port, socketPath } = connection.config as { host?: string; port?: number; socketPath?: string }
  const name = JSON.stringify([socketPath ?? host, port, charset])
  let table = tables.get(name)
  if (table === undefined) {
    table = serverTable(connection, charset)
    tables.set(name, table)
    // A failure is of this connection; the next copy asks again.
    table.catch(() => tables.delete(name))
  }
  return await table
}

/** Each byte that the server converts to a character and back to the same byte; the others are refused. */
async function serverTable(connection: Connection, charset: string): Promise<Decoder> {
  const bytes = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))
  const list = bytes.map((hex) => {
    const utf8 = `CONVERT(_${charset} X'${hex}' USING utf8mb4)`
    return `IF(HEX(CONVERT(${utf8} USING ${charset})) = '${hex.toUpperCase()}', HEX(${utf8}), NULL)`
  })
  const row = await new Promise<(string | null)[]>((resolve, reject) => {
    connection.query({ sql: `SELECT ${list.join(', ')}`, rowsAsArray: true }, (error, rows) => {
      if (error) reject(error)
      else resolve((rows as unknown as (string | null)[][])[0] as (string | null)[])
    })
  })
  return singleByteDecoder(row.map((hex) => (hex === null ? null : Buffer.from(hex, 'hex'))))
}
