/**
 * How text of each charset is read. A utf8mb4 session would turn what it cannot map into `?` without a word (of the
 * server, not of ours), so only UTF-8 is read as the session sends it.
 */
export type TextReading =
  /** UTF-8 already. */
  | 'plain'
  /** As stored, over `character_set_results = NULL`, and decoded here. */
  | 'stored'
  /** Converted by the server, which says for each value whether the way back gives the same bytes. */
  | 'converted'

const PLAIN = ['utf8mb4', 'utf8mb3', 'utf8', 'binary']
const UNICODE = ['ucs2', 'utf16', 'utf16le', 'utf32']
/** One byte a character: the server's own conversion of 256 bytes is the table. */
const SINGLE_BYTE = [
  ...[
    'ascii',
    'latin1',
    'latin2',
    'latin5',
    'latin7',
    'cp1250',
    'cp1251',
    'cp1256',
    'cp1257',
    'cp850',
    'cp852',
    'cp866',
  ],
  ...['armscii8', 'dec8', 'geostd8', 'greek', 'hebrew', 'hp8', 'keybcs2', 'koi8r', 'koi8u', 'macce', 'macroman'],
  ...['swe7', 'tis620'],
]

/** Up to three bytes a character: the table comes from the server too. */
const MULTI_BYTE = ['big5', 'cp932', 'eucjpms', 'euckr', 'gb2312', 'gbk', 'sjis', 'ujis']

export function textReading(charset: string): TextReading {
  if (PLAIN.includes(charset)) return 'plain'
  return [UNICODE, SINGLE_BYTE, MULTI_BYTE].some((list) => list.includes(charset)) ? 'stored' : 'converted'
}

export const isUnicode = (charset: string): boolean => UNICODE.includes(charset)
export const isMultiByte = (charset: string): boolean => MULTI_BYTE.includes(charset)

/** What `converted` reads in place of a value that the server cannot convert there and back: a byte no UTF-8 has. */
export const LOSSY = 0xff

/**
 * For gb18030 (a million characters, each there and back the same) and charsets that we do not know. UTF-8 as binary,
 * so that no session setting converts it again. NULL stays NULL, a lossy value becomes LOSSY.
 */
export function convertedExpression(column: string, charset: string): string {
  const utf8 = `CONVERT(${column} USING utf8mb4)`
  const exact = `CAST(CONVERT(${utf8} USING ${charset}) AS BINARY) = CAST(${column} AS BINARY)`
  return `CASE WHEN ${column} IS NULL THEN NULL WHEN ${exact} THEN CAST(${utf8} AS BINARY) ELSE X'FF' END`
}
