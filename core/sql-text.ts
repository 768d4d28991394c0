/** PostgreSQL's spelling of names and constants. Always quoted: which words are reserved differs between versions. */

export const quoteName = (name: string): string => `"${name.replaceAll('"', '""')}"`

/** A text constant that means the same whatever `standard_conforming_strings` says. */
export function quoteText(text: string): string {
  const doubled = text.replaceAll("'", "''")
  return doubled.includes('\\') ? `E'${doubled.replaceAll('\\', '\\\\')}'` : `'${doubled}'`
}

/** `ARRAY['a','b']::text[]`; the cast is needed where there are no elements. */
export const textArray = (texts: readonly string[]): string => `ARRAY[${texts.map(quoteText).join(', ')}]::text[]`
