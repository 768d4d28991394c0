/** Small arithmetic on texts. Pure JavaScript: core runs inside workflows, where there is no Buffer. */

const bytesOf = (codePoint: number): number =>
  codePoint < 0x80 ? 1 : codePoint < 0x800 ? 2 : codePoint < 0x10000 ? 3 : 4

/** One behind the other, each ended by a full stop where another follows. */
export const sentences = (...all: readonly (string | null | undefined)[]): string =>
  all
    .filter((one): one is string => Boolean(one))
    .map((one, i, { length }) => (i < length - 1 ? one.replace(/\.*$/, '.') : one))
    .join(' ')

/** `12.3 GB`, `34 MB`: rounded up, for sentences on what is needed. */
export const describeBytes = (bytes: number): string =>
  bytes >= 1e9 ? `${(bytes / 1e9).toFixed(1)} GB` : `${Math.ceil(bytes / 1e6)} MB`

/** The text's length in bytes of UTF-8: PostgreSQL counts names and labels so. */
export function utf8Length(text: string): number {
  let bytes = 0
  for (const character of text) bytes += bytesOf(character.codePointAt(0)!)
  return bytes
}

/** The longest beginning of at most `limit` bytes of UTF-8; never half a character. */
export function clipUtf8(text: string, limit: number): string {
  let bytes = 0
  let end = 0
  for (const character of text) {
    bytes += bytesOf(character.codePointAt(0)!)
    if (bytes > limit) break
    end += character.length
  }
  return text.slice(0, end)
}

/** FNV-1a, 32 bits over UTF-16 units, as 8 hexadecimal digits: the same for ever, wherever it runs. */
export function shortHash(text: string): string {
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  return (hash >>> 0).toString(16).padStart(8, '0')
}

/** Levenshtein's distance, where two neighbours that changed places count once. */
export function editDistance(a: string, b: string): number {
  let before: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1]
      let cost = Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + (same ? 0 : 1))
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) cost = Math.min(cost, before[j - 2]! + 1)
      row.push(cost)
    }
    before = last
    last = row
  }
  return last[b.length]!
}

/** The word that was probably meant, or null where none is near enough to be worth saying. */
export function nearest(word: string, words: Iterable<string>): string | null {
  let best: { word: string; distance: number } | null = null
  for (const candidate of words) {
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase())
    if (!best || distance < best.distance) best = { word: candidate, distance }
  }
  // A third of the letters may be wrong, and at least one: `to` for `ot`, but not `cutover` for `publish`.
  return best && best.distance <= Math.max(1, Math.floor(word.length / 3)) ? best.word : null
}

/** `a`, `a and b`, `a, b and c`. */
export function sentenceList(words: readonly string[], joiner: 'and' | 'or' = 'and'): string {
  if (words.length < 2) return words.join('')
  return `${words.slice(0, -1).join(', ')} ${joiner} ${words.at(-1)!}`
}

// eslint-disable-next-line no-control-regex
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]+/g

/** Names and messages come from other people's databases: no control character of theirs reaches a terminal. */
export const plain = (text: string): string => text.replace(CONTROL, ' ')
