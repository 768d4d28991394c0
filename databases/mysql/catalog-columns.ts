import type { SourceColumn } from '../../core/catalog.js'
import { parseDeclaredType } from './declared-type.js'
import { isBytes, parseDefault, type DefaultStyle } from './defaults.js'
import type { TextRow } from './query.js'
import { isAtLeast, isMariaDb, type Server } from './server.js'
import { withoutEscapedQuotes } from './string-literal.js'

export const defaultStyle = (server: Server): DefaultStyle =>
  isMariaDb(server) && isAtLeast(server, 10, 2, 7) ? 'sql' : 'plain'

/** MariaDB's explicit period columns of a system-versioned table: `ROW START` and `ROW END`. */
export const isPeriodColumn = (row: TextRow): boolean => /^ROW (START|END)$/i.test(row.generation ?? '')

/**
 * One column of information_schema.columns. `exactDefault` is the hexadecimal default of a binary column where it was
 * asked for: information_schema cuts such a text at a NUL byte, or shows what is no UTF-8 as `?`.
 */
export function readColumn(
  row: TextRow,
  server: Server,
  about: { readonly jsonAlias: boolean; readonly exactDefault: string | null },
): SourceColumn {
  const extra = row.extra ?? ''
  const type = parseDeclaredType(row.column_type ?? '', {
    charset: row.character_set_name ?? null,
    collation: row.collation_name ?? null,
    srid: row.srid == null ? null : Number(row.srid),
    jsonAlias: about.jsonAlias,
  })
  const expression = row.generation ?? ''
  const generated =
    expression === ''
      ? null
      : { expression: withoutEscapedQuotes(expression), stored: /stored|persistent/i.test(extra) }
  const fallback = generated
    ? null
    : parseDefault({
        text: row.column_default ?? null,
        generated: /\bDEFAULT_GENERATED\b/.test(extra),
        style: defaultStyle(server),
        type,
      })
  const exact = about.exactDefault !== null && fallback?.is === 'constant' && isBytes(type)
  return {
    name: row.column_name ?? '',
    type,
    nullable: row.is_nullable === 'YES',
    default: exact ? { is: 'constant', text: about.exactDefault } : fallback,
    autoIncrement: /\bauto_increment\b/i.test(extra),
    onUpdate: /\bon update (.+)$/i.exec(extra)?.[1] ?? null,
    generated,
    comment: row.column_comment ?? '',
  }
}
