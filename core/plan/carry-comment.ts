import type { Notes } from './notes.js'

/** A comment as PostgreSQL can hold it: no text of its has a NUL byte, and a statement that has one breaks the session. */
export function carryComment(comment: string, name: string, table: string, notes: Notes): string {
  if (!comment.includes('\0')) return comment
  notes.leave('comment', name, table, 'it is carried without its NUL bytes, which PostgreSQL cannot store', comment)
  return comment.replaceAll('\0', '')
}
