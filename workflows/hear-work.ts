import { setHandler } from '@temporalio/workflow'
import { MOST_REMEDY, MOST_WHY } from '../core/hold.js'
import { endOfProof, proofIsGone } from './begin-proof.js'
import { endOfRun, runIsGone } from './begin-run.js'
import { type Entity, rememberRun, show } from './entity.js'
import { readHalted, readHours, readReading, readSummary } from './heard.js'
import { hold, setHolds, workOf } from './hold-work.js'
import { ended, halted, hours, published, reading, recovered, troubled } from './messages.js'

/** Listens to what runs: that it has stopped, that a failure holds it, that it is over, or gone. Others are not heard. */
export function hearWork(entity: Entity): void {
  const isOurs = (value: unknown): boolean => {
    const work = workOf(entity)
    return work !== null && (value as { workflowId?: unknown } | null | undefined)?.workflowId === work.workflowId
  }
  setHandler(halted, (answer: unknown) => {
    const work = workOf(entity)
    if (work !== null && isOurs(answer))
      entity.halted = readHalted(answer, work.workflowId, entity.haltSeq) ?? entity.halted
  })
  setHandler(troubled, (value: unknown) => {
    const { trouble } = (value ?? {}) as { trouble?: Record<string, unknown> }
    if (!isOurs(value) || typeof trouble?.['message'] !== 'string') return
    const { message, remedy, liftsItself } = trouble
    const lifts = liftsItself === true ? { when: 'both servers answer', at: null } : null
    const told = typeof remedy === 'string' ? remedy.slice(0, MOST_REMEDY) : null
    hold(entity, { kind: 'failure', table: null, by: 'nightferry', why: message, remedy: told, lifts })
  })
  setHandler(recovered, (value: unknown) => {
    if (!isOurs(value)) return
    const holds = entity.holds.filter(({ kind, lifts }) => kind !== 'failure' || lifts === null)
    if (holds.length < entity.holds.length) setHolds(entity, holds)
  })
  setHandler(reading, (answer: unknown) => {
    const work = workOf(entity)
    if (work !== null && isOurs(answer)) entity.reading = readReading(answer, work.workflowId) ?? entity.reading
  })
  setHandler(published, (value: unknown) => {
    const { summary: told } = (value ?? {}) as { summary?: unknown }
    const summary = readSummary(told, entity.running?.run)
    if (!isOurs(value) || summary === null) return
    // It is under way still, for whoever wants to begin something.
    rememberRun(entity, summary)
    show(entity)
  })
  setHandler(hours, (value: unknown) => {
    const closed = readHours(value)
    if (!isOurs(value) || closed === undefined) return
    if (closed === null) {
      const holds = entity.holds.filter(({ kind }) => kind !== 'window')
      if (holds.length < entity.holds.length) setHolds(entity, holds)
      return
    }
    const at = closed.until
    const lifts = { when: at === null ? 'another window is set' : 'its hours begin', at }
    const remedy = `Nothing; or set other hours: \`nightferry set ${entity.migration} window=...\`.`
    const why = `outside its hours (${closed.window})`
    hold(entity, { kind: 'window', table: null, by: 'nightferry', why, remedy, lifts })
  })
  setHandler(ended, (value: unknown) => {
    if (!isOurs(value)) return
    const { summary: told, reason } = value as { summary?: unknown; reason?: unknown }
    const { running, proving } = entity
    const summary = readSummary(told, running?.run ?? proving?.run)
    if (told !== null && summary === null) return
    if (running !== null && summary !== null) endOfRun(entity, summary)
    if (running !== null && summary === null && typeof reason === 'string')
      void runIsGone(entity, running, reason.slice(0, MOST_WHY))
    if (proving !== null) endOfProof(entity, summary)
  })
  entity.onGone = () => {
    if (entity.running !== null) void runIsGone(entity, entity.running)
    if (entity.proving !== null) void proofIsGone(entity, entity.proving)
  }
}
