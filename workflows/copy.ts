import type { ChangeCopyInput, ShownCopy } from '../activities/change-copy.js'
import { refuseExpired } from './apply-config.js'
import { audit } from './audit.js'
import { busy, type Entity } from './entity.js'
import { asRefusal, refused } from './failures.js'
import type { CopyAnswer, CopyRequest } from './messages.js'
import { control, named } from './steps.js'

/**
 * Makes a copy of what is published, or drops one. What would be dropped, or replaced by a new one, is shown first, unless
 * it is to be done. Refused while its generation is proved or retried; a run that loads another one, and holds, do not stand
 * against it.
 */
export async function changeCopy(entity: Entity, request: CopyRequest): Promise<CopyAnswer> {
  refuseExpired(request)
  const { by, name } = request
  const input = inputOf(entity, request)
  try {
    const copy = request.drop ? await drop(input, by, request.execute) : await make(entity, input, request)
    const { done, database, run } = copy
    if (done === 'made' || done === 'dropped')
      audit(entity, { what: done === 'made' ? 'copy' : 'copy drop', by, why: '', about: { name, database, run } })
    return copy
  } catch (error) {
    throw asRefusal(error)
  }
}

type Input = Omit<ChangeCopyInput, 'what'>

function inputOf({ migration, target, versions, running, proving }: Entity, { name }: CopyRequest): Input {
  const version = versions.at(-1)?.number
  if (target === null || version === undefined)
    throw refused('Nothing is applied yet: there is nothing to copy', 'Apply a config first: `nightferry apply FILE`.')
  const working = [
    ...(running === null ? [] : [{ run: running.run, what: `Run ${running.run}` }]),
    ...(proving === null ? [] : [{ run: proving.run, what: `A ${proving.kind} (${proving.proof})` }]),
  ]
  return { migration, target, version, name, working }
}

async function make(entity: Entity, input: Input, { by, execute }: CopyRequest): Promise<CopyAnswer> {
  const why = entity.numbering ? busy(entity) : null
  if (why !== null) throw refused(why, 'Make the copy when it has ended.')
  // Somebody may work in it.
  const there = execute ? null : await ask({ ...input, what: 'look' }, by)
  if (there !== null) return { ...there, done: 'there' }
  return { ...(await change({ ...input, what: 'make' }, by)), done: 'made' }
}

async function drop(input: Input, by: string, execute: boolean): Promise<CopyAnswer> {
  const found = await change({ ...input, what: 'find' }, by)
  if (!execute) return { ...found, done: 'found' }
  await named(control.changeCopy, `drop copy ${input.name}, asked by ${by}`, { ...input, what: 'drop' })
  return { ...found, done: 'dropped' }
}

const ask = async (input: ChangeCopyInput, by: string): Promise<ShownCopy | null> =>
  await named(control.changeCopy, `${input.what} copy ${input.name}, asked by ${by}`, input)

async function change(input: ChangeCopyInput, by: string): Promise<ShownCopy> {
  const copy = await ask(input, by)
  if (copy !== null) return copy
  throw refused(`The copy ${input.name} is gone again`, 'Somebody else dropped it meanwhile: make it once more.')
}
