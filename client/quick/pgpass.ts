import { readFileSync, statSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'

/** What a line of the file must match. `localhost` stands for a unix socket too. */
export interface PgpassKey {
  readonly host: string
  readonly port: string
  readonly database: string
  readonly user: string
}

/**
 * The first matching line's password, as libpq reads it: fields `host:port:database:user:password`, `*` matches
 * anything, a backslash keeps the next character as it is, `#` begins a comment line.
 */
export function passwordIn(content: string, key: PgpassKey): string | null {
  for (const line of content.split(/\r?\n/)) {
    if (line === '' || line.startsWith('#')) continue
    const fields = fieldsOf(line)
    if (fields.length < 5) continue
    const wanted = [key.host, key.port, key.database, key.user]
    // The raw field is compared with `*`: an escaped one means the character.
    if (wanted.every((value, i) => fields[i]?.raw === '*' || fields[i]?.value === value))
      return fields[4]?.value ?? null
  }
  return null
}

function fieldsOf(line: string): { raw: string; value: string }[] {
  const fields = [{ raw: '', value: '' }]
  for (let i = 0; i < line.length; i++) {
    const field = fields.at(-1)
    if (field === undefined) break
    const character = line[i] ?? ''
    if (character === ':' && fields.length < 5) fields.push({ raw: '', value: '' })
    else if (character === '\\' && i + 1 < line.length) {
      field.raw += character + line[++i]
      field.value += line[i]
    } else {
      field.raw += character
      field.value += character
    }
  }
  return fields
}

export type PgpassAnswer =
  | { readonly found: true; readonly password: string }
  /** `warning`: why the file was not read, where it is there. */
  | { readonly found: false; readonly warning: string | null }

/** Looks in PGPASSFILE or `~/.pgpass`; like libpq it does not read a file that others may read. */
export function lookInPgpass(env: NodeJS.ProcessEnv, key: PgpassKey): PgpassAnswer {
  const file = env['PGPASSFILE'] || join(env['HOME'] || homedir(), '.pgpass')
  const stat = statSync(file, { throwIfNoEntry: false })
  if (stat === undefined) return { found: false, warning: null }
  if (!stat.isFile()) return { found: false, warning: `${file} is not a plain file, so it was not read` }
  if ((stat.mode & 0o077) !== 0)
    return { found: false, warning: `${file} can be read by others, so it was not read: chmod 0600 ${file}` }
  const password = passwordIn(readFileSync(file, 'utf8'), key)
  return password === null ? { found: false, warning: null } : { found: true, password }
}
