import { randomBytes } from 'node:crypto'
import { linkSync, mkdirSync, readFileSync, renameSync, unlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isAlive, ownIdentity, type ProcessIdentity } from './process-identity.js'

/**
 * One holder for each folder: `lock.json` names the process and when it started, so a lock whose holder was killed, or
 * whose number went to another process since, counts for nothing. `Note` is what the holder tells those who come later.
 */
export interface FolderLock<Note> {
  /** Replaces what later comers read, in one piece. */
  tell(note: Note): void
  release(): void
}

interface LockFile<Note> {
  readonly holder: ProcessIdentity
  readonly note: Note
}

/** What the lock says now, whoever holds it; null where there is none. */
export function readLock<Note>(folder: string): { alive: boolean; holder: ProcessIdentity; note: Note } | null {
  const found = parse<Note>(join(folder, 'lock.json'))
  return found && { alive: isAlive(found.holder), holder: found.holder, note: found.note }
}

/** Takes the lock, a dead holder's too (its note is handed over); null where a living process holds it. */
export function takeLock<Note>(folder: string, note: Note): { lock: FolderLock<Note>; left: Note | null } | null {
  mkdirSync(folder, { recursive: true })
  const file = join(folder, 'lock.json')
  const holder = ownIdentity()
  let left: Note | null = null
  // Each round either takes the lock or moves one dead lock away; the bound is only against a file system gone mad.
  for (let round = 0; round < 100; round++) {
    if (createWhole(file, { holder, note })) return { lock: held(file, holder), left }
    const found = parse<Note>(file)
    if (found === null) continue
    if (isAlive(found.holder)) return null
    if (moveAway(file, found.holder)) left = found.note
  }
  throw new Error(`cannot take the lock ${file}`)
}

function held<Note>(file: string, holder: ProcessIdentity): FolderLock<Note> {
  return {
    tell: (note) => renameSync(writeBeside(file, { holder, note }), file),
    release: () => {
      const found = parse<Note>(file)
      if (found?.holder.pid === holder.pid && found.holder.started === holder.started) unlinkSync(file)
    },
  }
}

/** A file that appears with its content or not at all, and only where there was none: `link` fails if the name is taken. */
function createWhole<Note>(file: string, content: LockFile<Note>): boolean {
  const beside = writeBeside(file, content)
  try {
    linkSync(beside, file)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  } finally {
    unlinkSync(beside)
  }
}

/** Two may find the same dead lock: the slower one would move away the lock that the faster one has just made, and puts it back. */
function moveAway(file: string, dead: ProcessIdentity): boolean {
  const aside = `${file}.${randomBytes(6).toString('hex')}`
  try {
    renameSync(file, aside)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false
    throw error
  }
  const moved = parse(aside)
  const right = moved === null || (moved.holder.pid === dead.pid && moved.holder.started === dead.started)
  if (right) unlinkSync(aside)
  else renameSync(aside, file)
  return right
}

function writeBeside<Note>(file: string, content: LockFile<Note>): string {
  const beside = `${file}.${randomBytes(6).toString('hex')}`
  writeFileSync(beside, JSON.stringify(content))
  return beside
}

function parse<Note>(file: string): LockFile<Note> | null {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
  return JSON.parse(text) as LockFile<Note>
}
