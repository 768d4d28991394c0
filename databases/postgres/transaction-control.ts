/** What is no statement: comments, texts, quoted names, bodies between dollar signs. */
const NO_STATEMENT =
  /--[^\n]*|\/\*[\s\S]*?\*\/|(?<![\w$])[eE]'(?:\\[\s\S]|''|[^'\\])*'|'(?:''|[^'])*'|"(?:""|[^"])*"|\$([A-Za-z_]\w*|)\$[\s\S]*?\$\1\$/g

const CONTROL =
  /^(?:begin|start\s+transaction|commit|end|abort|prepare\s+transaction|rollback(?!\s+(?:(?:work|transaction)\s+)?to\b))\b/i

/**
 * The first statement of a script that would begin or end a transaction (`COMMIT`), in its own words; null: there is none.
 * Savepoints may be.
 */
export function transactionControl(script: string): string | null {
  const bare = script.replace(NO_STATEMENT, ' ')
  // The body of an SQL function: its END ends no transaction.
  const atomic = /\bbegin\s+atomic\b/i.test(bare)
  for (const statement of bare.split(';')) {
    const words = CONTROL.exec(statement.trim())?.[0].replace(/\s+/g, ' ').toUpperCase()
    if (words !== undefined && !(atomic && words === 'END')) return words
  }
  return null
}
