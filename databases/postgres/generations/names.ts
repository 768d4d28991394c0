import { randomBytes } from 'node:crypto'
import { Failure } from '../../../core/failure.js'
import { generationName } from '../../../core/generation.js'
import type { RunId } from '../../../core/run.js'
import { isTaken, type Database } from './databases.js'
import type { Place, Session } from './place.js'

const PG_NAME_BYTES = 63

export const fits = (name: string): boolean => Buffer.byteLength(name) <= PG_NAME_BYTES

/** `shop_ci` of `ci`, `shop_ci_1234` of `ci-1234`. */
export const copyDatabase = (place: Place, name: string): string => `${place.published}_${name.replaceAll('-', '_')}`

/** `shop_ci_20261120_030000`: an older one of that name. */
const olderCopy = (place: Place, name: string, run: RunId): string => generationName(copyDatabase(place, name), run)

/** A name that nobody guesses, for what is being made or is to go. */
export const passingName = (place: Place): string => `${place.published}_${randomBytes(5).toString('hex')}`

/**
 * The name under which the database that makes room goes on: a generation has its own, a copy one with its run, and what
 * was there before the first publish is not ours and keeps out of the way. A copy that is of no use gets a passing one.
 */
export async function asideName(
  session: Session,
  place: Place,
  run: RunId,
  database: Database,
  goes: boolean,
): Promise<string> {
  const { mark } = database
  if (goes) return passingName(place)
  if (mark?.is === 'generation') return await free(session, [generationName(place.published, mark.run)])
  if (mark?.is === 'copy' && mark.name !== null)
    return await free(session, [olderCopy(place, mark.name, mark.run), passingName(place)])
  const before = `${place.published}_before`
  return await free(session, [generationName(before, run), before, `${before}_2`, `${before}_3`])
}

async function free(session: Session, names: readonly string[]): Promise<string> {
  for (const name of names) if (fits(name) && !(await isTaken(session, name))) return name
  throw new Failure(
    'refused',
    `There is a database ${names[0]} already, which is in the way of what is published now.`,
    {
      remedy: 'Rename it or drop it.',
    },
  )
}

/** Refused where the name, or an older one's, does not fit, or belongs to something else. */
export function requireCopyName(place: Place, name: string, run: RunId, found: Database | null): void {
  const database = copyDatabase(place, name)
  if (!/^[a-z][a-z0-9_-]{0,30}$/.test(name) || !fits(olderCopy(place, name, run)))
    throw new Failure('refused', `A copy cannot be called ${name}: its database would be ${database}.`, {
      remedy: 'Choose another name: small letters, digits, _ and -, a letter first, and shorter.',
    })
  if (found && !(found.mark?.is === 'copy' && found.mark.name === name))
    throw new Failure('refused', `There is a database ${database} that is no copy called ${name}.`, {
      remedy: 'Choose another name for the copy, or rename that database.',
    })
}
