import { defineSignal } from '@temporalio/workflow'
import type { RunRef } from '../activities/messages.js'
import type { Halted, Trouble } from '../core/hold.js'
import type { Knobs } from '../core/knobs.js'
import { SIGNALS } from '../core/names.js'
import type { Admission, AskedAdmission } from '../core/night.js'
import type { ReadLabel, RunId, RunSummary } from '../core/run.js'

/** What the entity, its runs and their children tell each other; `messages.ts` has what people tell them. */

/** What a run, a verify or a repair is told: what of it waits from now on. */
export const halt = defineSignal<[Halting]>(SIGNALS.halt)

/** To a table's child: drain, and answer with the cursor. Carries the run's id, so that no stranger's slip does so. */
export const hold = defineSignal<[RunId]>(SIGNALS.hold)

/** To a run: what is turned over its config. To a table's child: what of it is for each session. */
export const turnKnobs = defineSignal<[Knobs]>(SIGNALS.turnKnobs)

/** To a run, a verify or a repair: end now, and why. */
export const end = defineSignal<[EndRequest]>(SIGNALS.end)

/** To the entity, from what runs: all that may not go on since that change has stopped; what of the source is held still. */
export const halted = defineSignal<[HaltedAnswer]>(SIGNALS.halted)

/** To the entity, from what runs: a failure holds all of it. */
export const troubled = defineSignal<[FromWork & { readonly trouble: Trouble }]>(SIGNALS.troubled)

/** To the entity, from what runs: the servers answer again. */
export const recovered = defineSignal<[FromWork]>(SIGNALS.recovered)

/** To the entity, from a run or a proof: it is over. Its child's result says the same, but only to the execution that began it. */
export const ended = defineSignal<[EndedWork]>(SIGNALS.ended)

/** To the entity, from a run: of which moment its rows are, once that is decided, and again where the snapshot is lost. */
export const reading = defineSignal<[ReadingAnswer]>(SIGNALS.reading)

/** To the entity, from a run: people read what it built, though it is not over: copies and hooks come behind. */
export const published = defineSignal<[PublishedWork]>(SIGNALS.published)

/** To the entity, from a run: it is outside its hours; null: not any more. */
export const hours = defineSignal<[HoursAnswer]>(SIGNALS.hours)

/** To the entity, from a night: may it begin? */
export const admit = defineSignal<[AskedAdmission]>(SIGNALS.admit)

/** To a night: what was decided. */
export const admitted = defineSignal<[Admission]>(SIGNALS.admitted)

export interface Halting extends Halted {
  /** That of the input: who does not know it is not the entity, and a hold of theirs nobody could lift. */
  readonly word?: string
}

export interface ReadingAnswer extends FromWork {
  readonly label: ReadLabel
  /** That were opened. */
  readonly sessions: number
}

export interface PublishedWork extends FromWork {
  readonly summary: RunSummary
}

export interface HoursAnswer extends FromWork {
  /** `until`: ISO 8601; null: for ever. */
  readonly closed: { readonly window: string; readonly until: string | null } | null
}

export interface EndRequest {
  readonly by: string
  readonly reason: string
}

/** Which workflow speaks: its id. */
export interface FromWork {
  readonly workflowId: string
}

export interface HaltedAnswer extends FromWork {
  readonly seq: number
  /** Null: nothing on the source is held. */
  readonly snapshot: HeldSnapshot | null
}

/** What a pause still costs the source. */
export interface HeldSnapshot {
  readonly sessions: number
  /** Tables that are locked against writers. */
  readonly locked: number
  /**
   * ISO 8601: then the snapshot is let go of, and `onLost` says how the run goes on. Null: `consistency.hold` after the
   * tables that go on are read in it.
   */
  readonly until: string | null
  readonly onLost: 'best-effort' | 'restart'
}

export interface EndedWork extends FromWork {
  /** Of a run, or of the run that a repair mended; null: it says nothing of a run. */
  readonly summary: RunSummary | null
  /** Of a run that could not write its end into the ledger: why it ended. */
  readonly reason?: string
}

/** To a table's child: how many chunks it may have in flight from now on. */
export const width = defineSignal<[number]>(SIGNALS.width)

/** From a table's child to its run: the snapshot is lost, and why. */
export const snapshotLost = defineSignal<[string]>(SIGNALS.snapshotLost)

/** From a table's child to its run: all rows of the table (its ordinal) are there. */
export const copied = defineSignal<[number]>(SIGNALS.copied)

/** What the input of a workflow that can be held has. */
export interface Heard {
  readonly ref: RunRef
  /** Whether an entity hears of it. Absent: it began before there were holds, and nobody holds it. */
  readonly entity?: true
  readonly halted?: Halted
  /** The entity's, with each word of what holds. Absent: it began before there was one, and hears of holds from anybody. */
  readonly word?: string
  /** It waits for servers that are away. Carried through continue-as-new. */
  readonly awaiting?: true
  /** ISO 8601: then it ends, wherever it is. Absent: it has all the time that it needs. */
  readonly deadline?: string
}
