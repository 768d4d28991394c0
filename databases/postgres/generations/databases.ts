import { Failure } from '../../../core/failure.js'
import type { RunId } from '../../../core/run.js'
import { ident, literal } from '../quote.js'
import { parseMark, spellMark, type CopyMark, type GenerationMark, type Mark } from './mark.js'
import type { Place, Session } from './place.js'

/** A database of this server, as it is now. */
export interface Database<M extends Mark | null = Mark | null> {
  readonly oid: string
  readonly name: string
  readonly owner: string
  /** May this account act as its owner? */
  readonly mine: boolean
  /** False: nobody at all may connect. */
  readonly open: boolean
  /** False: what a DROP that was killed has left; it can only be dropped. */
  readonly valid: boolean
  readonly bytes: number
  /** Null: none of ours. */
  readonly mark: M
  /** It begins like a mark and cannot be read, or belongs to something else of ours. */
  readonly strange: boolean
}

interface Row {
  oid: string
  name: string
  owner: string
  mine: boolean
  open: boolean
  valid: boolean
  bytes: string | null
  comment: string | null
}

const QUERY = `
  SELECT d.oid::text, d.datname AS name, pg_get_userbyid(d.datdba) AS owner, pg_has_role(d.datdba, 'USAGE') AS mine,
    d.datallowconn AS open, d.datconnlimit <> -2 AS valid, shobj_description(d.oid, 'pg_database') AS comment,
    CASE WHEN pg_has_role(d.datdba, 'USAGE') OR pg_has_role('pg_read_all_stats', 'USAGE')
      THEN pg_database_size(d.oid) END AS bytes
  FROM pg_database d
  WHERE d.datname = $1 OR shobj_description(d.oid, 'pg_database') LIKE 'nightferry/%' ORDER BY d.datname`

/** The published database and all that carries a mark of this migration and name. */
export class Databases {
  private constructor(
    readonly all: readonly Database[],
    private readonly place: Place,
  ) {}

  static async read(session: Session, place: Place): Promise<Databases> {
    const rows = await session.rows<Row>(QUERY, [place.published])
    return new Databases(
      rows.map((row) => databaseOf(row, place)),
      place,
    )
  }

  /** Whatever has the published name, marked or not. */
  get published(): Database | null {
    return this.named(this.place.published)
  }

  named(name: string): Database | null {
    return this.all.find((one) => one.name === name) ?? null
  }

  get generations(): readonly Database<GenerationMark>[] {
    return this.all.filter((one): one is Database<GenerationMark> => one.mark?.is === 'generation')
  }

  get copies(): readonly Database<CopyMark>[] {
    return this.all.filter((one): one is Database<CopyMark> => one.mark?.is === 'copy')
  }

  generation(run: RunId): Database<GenerationMark> | null {
    return this.generations.find((one) => one.mark.run === run) ?? null
  }

  /** Throws `refused` where the run has none. */
  require(run: RunId): Database<GenerationMark> {
    const found = this.generation(run)
    if (found) return found
    throw new Failure('refused', `There is no database of run ${run}: it was dropped, or never built aside.`, {
      remedy: 'Choose a run whose database is there: `nightferry runs` lists them.',
    })
  }

  withOid(oid: string): Database | null {
    return this.all.find((one) => one.oid === oid) ?? null
  }

  isPublished({ mark, name }: Database<GenerationMark>): boolean {
    if (name === this.place.published) return true
    const now = this.published?.mark
    return now?.is === 'copy' && now.run === mark.run
  }
}

function databaseOf({ comment, bytes, ...row }: Row, place: Place): Database {
  const found = parseMark(comment)
  const ours = found !== null && found !== 'unreadable' && isOf(found, place)
  return { ...row, bytes: Number(bytes ?? 0), mark: ours ? found : null, strange: found !== null && !ours }
}

const isOf = (mark: Mark, place: Place): boolean =>
  mark.migration === place.migration && mark.published === place.published

/** A name that is taken by a database that is none of ours. */
export async function isTaken(session: Session, name: string): Promise<boolean> {
  return (await session.rows('SELECT FROM pg_database WHERE datname = $1', [name])).length > 0
}

export const writeMark = (session: Session, database: string, mark: Mark): Promise<void> =>
  session.run(`COMMENT ON DATABASE ${ident(database)} IS ${literal(spellMark(mark))}`)

export const setOpen = (session: Session, database: string, open: boolean): Promise<void> =>
  session.run(`ALTER DATABASE ${ident(database)} ALLOW_CONNECTIONS ${open}`)
