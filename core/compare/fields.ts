const TAB = 0x09
const BACKSLASH = 0x5c
const N = 0x4e

/** The fields of a canonical line as they stand there, escapes and all. Views of the line. */
export function fieldsOf(line: Uint8Array): Uint8Array[] {
  const fields: Uint8Array[] = []
  let from = 0
  for (;;) {
    const end = line.indexOf(TAB, from)
    if (end === -1) {
      fields.push(line.subarray(from))
      return fields
    }
    fields.push(line.subarray(from, end))
    from = end + 1
  }
}

/** The n-th field (from 0), without cutting what stands behind it. */
export function fieldAt(line: Uint8Array, n: number): Uint8Array {
  let from = 0
  for (let i = 0; i < n; i++) {
    const tab = line.indexOf(TAB, from)
    if (tab === -1) throw new Error(`a line has ${i + 1} fields, and field ${n + 1} is asked for`)
    from = tab + 1
  }
  const end = line.indexOf(TAB, from)
  return line.subarray(from, end === -1 ? undefined : end)
}

/** A line that begins with a row id and a tab, in two. */
export function cutRowId(line: Uint8Array): { id: Uint8Array; line: Uint8Array } {
  const tab = line.indexOf(TAB)
  if (tab === -1) throw new Error('a line has no row id')
  return { id: line.subarray(0, tab), line: line.subarray(tab + 1) }
}

export const isNull = (field: Uint8Array): boolean => field.length === 2 && field[0] === BACKSLASH && field[1] === N

/** Made when it is first used: workflows, which load core too, have none. One, since each is an object of ICU's. */
let decoder: InstanceType<typeof TextDecoder> | null = null

/** A field as text, still in COPY's spelling. */
export const fieldText = (field: Uint8Array): string => (decoder ??= new TextDecoder()).decode(field)

const ESCAPES: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' }

/** What a field's text in COPY's spelling stands for; null is NULL. The canonical form uses no octal and no \x escapes. */
export function unescapeField(field: string): string | null {
  if (field === '\\N') return null
  if (!field.includes('\\')) return field
  return field.replaceAll(/\\(.)/gs, (_, escaped: string) => ESCAPES[escaped] ?? escaped)
}
