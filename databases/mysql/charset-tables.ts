import type { Connection } from 'mysql2'
import type { PlannedTable } from '../../core/plan/types.js'
import { isMultiByte, isUnicode, textReading } from './charsets.js'
import { type Decoder, latin1Decoder, singleByteDecoder } from './encode/decode.js'
import { type CharsetTable, multiByteDecoder } from './encode/decode-multi-byte.js'
import { unicodeDecoder } from './encode/decode-unicode.js'

/** Server and charset to its table: a server's conversions do not change while it runs. */
const tables = new Map<string, Promise<CharsetTable>>()

export type Decoders = ReadonlyMap<string, Decoder>

/** The charsets of a table's columns that are read as stored, in the order of their columns. */
export function storedCharsets(table: PlannedTable): string[] {
  const charsets = table.columns.flatMap(({ cast: { encoding } }) => ('charset' in encoding ? [encoding.charset] : []))
  return [...new Set(charsets)].filter((charset) => textReading(charset) === 'stored')
}

/** What decodes each of these charsets; asks the server for the table of each that is not Unicode, once. */
export async function decodersFor(connection: Connection, charsets: readonly string[]): Promise<Decoders> {
  const decoders = new Map<string, Decoder>()
  for (const charset of charsets) {
    if (charset === 'latin1') decoders.set(charset, latin1Decoder())
    else if (isUnicode(charset)) decoders.set(charset, unicodeDecoder(charset))
    else if (isMultiByte(charset)) decoders.set(charset, multiByteDecoder(await cachedTable(connection, charset)))
    else decoders.set(charset, singleByteDecoder((await cachedTable(connection, charset)).singles))
  }
  return decoders
}

async function cachedTable(connection: Connection, charset: string): Promise<CharsetTable> {
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

/** Lead byte of ujis' and eucjpms' characters of three bytes. */
const THIRD_PLANE = 0x8f

async function serverTable(connection: Connection, charset: string): Promise<CharsetTable> {
  const singles = await convert(
    connection,
    charset,
    range(0, 256).map((byte) => [byte]),
  )
  if (!isMultiByte(charset)) return { singles, pairs: [], triples: [] }
  const pairs: (Buffer | null)[] = []
  for (let lead = 0x80; lead < 256; lead += 8) {
    const codes = range(lead, lead + 8).flatMap((first) => range(0, 256).map((second) => [first, second]))
    for (const [i, utf8] of (await convert(connection, charset, codes)).entries()) pairs[lead * 256 + i] = utf8
  }
  const triples: (Buffer | null)[] = []
  if (charset !== 'ujis' && charset !== 'eucjpms') return { singles, pairs, triples }
  for (let second = 0xa0; second < 256; second += 8) {
    const codes = range(second, second + 8).flatMap((middle) =>
      range(0, 256).map((last) => [THIRD_PLANE, middle, last]),
    )
    for (const [i, utf8] of (await convert(connection, charset, codes)).entries()) triples[second * 256 + i] = utf8
  }
  return { singles, pairs, triples }
}

const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i)

/**
 * The server's own conversion of each code to UTF-8; null where the code is not one character or has none in Unicode:
 * the server writes `?` there, or U+FFFD in the tables that have it.
 */
async function convert(
  connection: Connection,
  charset: string,
  codes: readonly (readonly number[])[],
): Promise<(Buffer | null)[]> {
  const list = codes.map((code) => {
    const hex = Buffer.from(code).toString('hex').toUpperCase()
    const text = `CONVERT(X'${hex}' USING ${charset})`
    // MySQL 9 cuts what is not well formed, so that a pair may come out as the one character of its first byte.
    return `IF(HEX(${text}) = '${hex}' AND CHAR_LENGTH(${text}) = 1, IFNULL(HEX(CONVERT(${text} USING utf8mb4)), ''), '')`
  })
  const sql = `SELECT CONCAT_WS(',', ${list.join(', ')}) AS codes`
  const answer = await new Promise<string>((resolve, reject) => {
    connection.query(sql, (error, rows) => {
      if (error) reject(error)
      else resolve(String((rows as unknown as { codes: unknown }[])[0]?.codes))
    })
  })
  return answer.split(',').map((hex, i) => {
    const isQuestion = hex === QUESTION && !(codes[i]?.length === 1 && codes[i]?.[0] === 0x3f)
    return hex === '' || hex === REPLACEMENT || isQuestion ? null : Buffer.from(hex, 'hex')
  })
}

const QUESTION = '3F'
const REPLACEMENT = 'EFBFBD'
