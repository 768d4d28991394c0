/** What stands behind a backslash in a string of MySQL's; any other character stands for itself. */
const ESCAPES: Readonly<Record<string, string>> = { '0': '\0', b: '\b', n: '\n', r: '\r', t: '\t', Z: '\x1a' }

/**
 * Reads one quoted string of SQL that begins at `at`, as the server prints it (quotes doubled or with a backslash,
 * control characters escaped). Null where none begins there or it does not end.
 */
export function readString(text: string, at = 0): { readonly value: string; readonly end: number } | null {
  if (text[at] !== "'") return null
  let value = ''
  for (let i = at + 1; i < text.length; i++) {
    const c = text[i]!
    if (c === '\\') {
      const next = text[++i] ?? ''
      value += ESCAPES[next] ?? next
    } else if (c !== "'") value += c
    else if (text[i + 1] === "'") {
      value += c
      i++
    } else return { value, end: i + 1 }
  }
  return null
}

/** The value of a text that is one quoted string and nothing else, or null. */
export function wholeString(text: string): string | null {
  const read = readString(text)
  return read?.end === text.length ? read.value : null
}

/**
 * MySQL's information_schema escapes the quotes of expressions once more (`concat(_utf8mb4\'a\')`), which SHOW CREATE
 * does not. Undone only where every quote is escaped, so that a version that prints them plainly is left as it is.
 */
export function withoutEscapedQuotes(expression: string): string {
  if (!expression.includes("\\'") || /(?:^|[^\\])(?:\\\\)*'/.test(expression)) return expression
  return expression.replace(/\\(.)/gs, '$1')
}
