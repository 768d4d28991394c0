import type { RunRef } from '../activities/messages.js'
import { memoryOf } from '../core/place.js'
import type { PublishedState, RunId } from '../core/run.js'
import { sentences } from '../core/text.js'
import { refuseExpired } from './apply-config.js'
import { audit } from './audit.js'
import { busy, type Entity, replaceRun, show } from './entity.js'
import { asRefusal, refused, tell } from './failures.js'
import type { PublishAnswer, PublishRequest } from './messages.js'
import { refusePaused } from './refuse-held.js'
import { BRIEF, control, named, PUBLISHING } from './steps.js'

/**
 * Makes what a run built aside what people read, green or not, or says what that would be. Refused while something is under
 * way that reads or builds it, or a person holds everything; a look is not. A repeat changes nothing more.
 */
export async function publishGeneration(entity: Entity, request: PublishRequest): Promise<PublishAnswer> {
  refuseExpired(request)
  const ref = pick(entity, request.run)
  try {
    return request.execute ? await publishNow(entity, ref, request.by) : await look(ref)
  } catch (error) {
    throw asRefusal(error)
  }
}

function pick({ migration, runs, running, target }: Entity, run: RunId): RunRef {
  if (running?.run === run) throw refused(`Run ${run} is under way`, 'It is published by itself if it ends green.')
  const known = runs.find((one) => one.run === run)
  if (target === null || known === undefined)
    throw refused(`There is no run ${run}`, `List those that can be published: \`nightferry publish ${migration}\`.`)
  return { migration, run, version: known.version, target }
}

async function look(ref: RunRef): Promise<PublishAnswer> {
  const shown = await named(control.showGeneration, `what did run ${ref.run} build?`, { ref })
  return { run: ref.run, ...shown, published: null, unkept: null }
}

async function publishNow(entity: Entity, ref: RunRef, by: string): Promise<PublishAnswer> {
  refusePaused(entity, by)
  if (entity.applying) throw refused('An apply or another publish is under way', 'Wait for its end.')
  const why = busy(entity)
  if (why !== null) throw refused(why, `Wait for its end, or end it: \`nightferry abort ${ref.migration}\`.`)
  // Neither is anything to begin that would build, read or drop one of these databases meanwhile.
  entity.applying = true
  entity.numbering = true
  try {
    // Before anything is looked at: what a killed publish left may have no open database.
    const what = `publish ${ref.run} as ${ref.target.published}, asked by ${by}`
    const { published } = await named(control.publishRun, what, { ref, asked: true }, PUBLISHING)
    // Only what is not green is left out, and that was asked for.
    if (published === null) throw refused(`Run ${ref.run} was not published`, 'Try again.', 'internal')
    const shown = await look(ref)
    const unkept = await keepStates(entity, ref, by, published.previous?.run ?? null)
    const { database, label, state, notGreen } = shown
    const about = {
      ...{ run: ref.run, database, label, state, notGreen, previous: published.previous?.database ?? null },
      ...{ ended: published.ended.length, closedMs: published.closedMs, dropped: published.dropped.join(', ') },
    }
    audit(entity, { what: 'publish', by, why: '', about })
    show(entity)
    // Nothing had to be closed for it.
    return { ...shown, isPublished: published.closedMs === 0, published, unkept }
  } finally {
    entity.applying = false
    entity.numbering = false
  }
}

/** What was done stands, also where the memory cannot be told: why, then. */
async function keepStates(entity: Entity, ref: RunRef, by: string, previous: RunId | null): Promise<string | null> {
  const others = entity.runs.filter(
    ({ run, published }) => run !== ref.run && (run === previous || published === 'published'),
  )
  const at = new Date().toISOString()
  try {
    await keep(entity, ref, 'published', `Published by ${by}, ${at}`)
    for (const { run, version } of others)
      await keep(entity, { ...ref, run, version }, 'was published', `Run ${ref.run} took its place: ${by}, ${at}`)
    return null
  } catch (error) {
    const { message, remedy } = tell(error)
    return sentences(message, remedy)
  }
}

async function keep(entity: Entity, { run, target }: RunRef, published: PublishedState, also: string): Promise<void> {
  const known = entity.runs.find((one) => one.run === run)
  if (known === undefined) return
  const summary = { ...known, published }
  replaceRun(entity, summary)
  const { migration } = entity
  const input = { migration, memory: memoryOf(target), summary, ledger: null, published, also }
  await named(control.rememberRun, `remember ${run}: ${published}`, input, BRIEF)
}
