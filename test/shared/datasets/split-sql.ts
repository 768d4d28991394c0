/**
 * The statements of a script, as MySQL's own client cuts it: strings, comments and DELIMITER lines are known. What stands
 * before a statement (comments, empty lines) is dropped; its delimiter too. Comments of the kind that runs are kept.
 */
export function* statementsOf(script: string): Generator<string> {
  let delimiter = ';'
  let at = 0
  while (at < script.length) {
    at += SPACE_OR_COMMENT.exec(from(script, at))?.[0].length ?? 0
    const command = DELIMITER_LINE.exec(script.slice(at, at + 80))
    if (command?.[1] !== undefined) {
      delimiter = command[1]
      at += command[0].length
      continue
    }
    const end = endOf(script, at, delimiter)
    const statement = script.slice(at, end).trim()
    if (statement !== '') yield statement
    at = end + delimiter.length
  }
}

const DELIMITER_LINE = /^delimiter[ \t]+(\S+)[^\n]*\n/i
const SPACE_OR_COMMENT = /^(?:\s+|--(?=\s)[^\n]*|#[^\n]*|\/\*(?!!)[^]*?\*\/)*/
/** Long enough for any comment here, short enough to be cut off again and again. */
const from = (script: string, at: number): string => script.slice(at, at + 20_000)

const WHOLE = /'(?:[^'\\]+|\\[^]|'')*'|"(?:[^"\\]+|\\[^]|"")*"|`[^`]*`|--(?=\s)[^\n]*|#[^\n]*|\/\*[^]*?\*\//y

/** Where the delimiter stands outside of strings and comments, or the script's end. */
function endOf(script: string, start: number, delimiter: string): number {
  const special = /['"`#/-]/g
  const delimiterAt = (from: number): number => {
    const found = script.indexOf(delimiter, from)
    return found < 0 ? script.length : found
  }
  let end = delimiterAt(start)
  for (let at = start; ;) {
    special.lastIndex = at
    const found = special.exec(script)
    if (found === null || found.index >= end) return end
    WHOLE.lastIndex = found.index
    at = found.index + (WHOLE.exec(script)?.[0].length ?? 1)
    // Searched for again only where it stood inside of what was skipped: a statement has a hundred thousand strings.
    if (at > end) end = delimiterAt(at)
  }
}
