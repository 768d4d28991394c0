import { formatBytes } from '../core/config/bytes.js'
import type { Knobs } from '../core/knobs.js'
import { refuseExpired } from './apply-config.js'
import { audit } from './audit.js'
import type { Entity } from './entity.js'
import { asRefusal, refused } from './failures.js'
import { tellKnobs } from './hold-work.js'
import type { ReadingAnswer, SetAnswer, SetRequest } from './messages.js'
import { control, named } from './steps.js'

/** Turns knobs over what the config says, of what runs and of what will, until the next apply. */
export async function setKnobs(entity: Entity, request: SetRequest): Promise<SetAnswer> {
  refuseExpired(request)
  const { by, knobs, reset } = request
  if (typeof knobs.window === 'string') await judgeWindow(entity, knobs.window)
  judgeParallelism(readingOf(entity), knobs)
  entity.knobs = { ...without(entity.knobs, reset), ...knobs }
  tellKnobs(entity)
  audit(entity, { what: 'set', by, why: wordsOf(request), about: { ...knobs, reset: reset.join(', ') || null } })
  return { knobs: entity.knobs, said: said(entity, knobs) }
}

const without = (knobs: Knobs, reset: SetRequest['reset']): Knobs =>
  Object.fromEntries(Object.entries(knobs).filter(([name]) => !reset.includes(name as keyof Knobs)))

/** Of the run that is under way; null: there is none, or it has not decided yet. */
function readingOf({ running, reading }: Entity): ReadingAnswer | null {
  return running !== null && reading?.workflowId === running.workflowId ? reading : null
}

/** A session that is opened now would see another moment. */
function judgeParallelism(reading: ReadingAnswer | null, { parallelism = 0 }: Knobs): void {
  if (reading === null || reading.label !== 'snapshot' || parallelism <= reading.sessions) return
  throw refused(
    `The run reads in a snapshot of ${reading.sessions} sessions, and one that is opened now would see another moment`,
    `Set parallelism to at most ${reading.sessions}; or let the run end, and set it for the next one.`,
  )
}

/** By the worker's clock and tables of time zones, and by what the config says of snapshots. */
async function judgeWindow({ migration, versions, running, target }: Entity, window: string): Promise<void> {
  const version = running?.version ?? versions.at(-1)?.number
  if (version === undefined || target === null)
    throw refused('No version is applied yet', 'Apply a config first: `nightferry apply FILE`.')
  try {
    await named(control.readWindow, `may there be a window ${window}?`, {
      window,
      version: { migration, version, target },
    })
  } catch (error) {
    throw asRefusal(error)
  }
}

function wordsOf({ knobs, reset }: SetRequest): string {
  const { parallelism, chunkBytes, rowsPerSecond, window } = knobs
  const words = [
    parallelism !== undefined && `parallelism=${parallelism}`,
    chunkBytes !== undefined && `chunk_bytes=${formatBytes(chunkBytes)}`,
    rowsPerSecond !== undefined && `rows_per_second=${rowsPerSecond}`,
    window !== undefined && `window=${window ?? 'none'}`,
    reset.length > 0 && `back to the config: ${reset.join(', ')}`,
  ]
  return words.filter(Boolean).join(', ')
}

function said(entity: Entity, { parallelism, chunkBytes }: Knobs): string | null {
  const { running, proving } = entity
  if (running === null)
    return proving === null
      ? 'Nothing runs now: it is for the next run.'
      : `It is for the next run, not the ${proving.kind} that is under way.`
  const sentences = [
    chunkBytes !== undefined && 'Chunks whose boundaries are found already keep their size.',
    parallelism !== undefined &&
      readingOf(entity) === null &&
      'The run has not decided yet how it reads: in a snapshot it has no more sessions than it opens then.',
  ]
  return sentences.filter(Boolean).join(' ') || null
}
