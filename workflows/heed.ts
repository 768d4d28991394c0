import {
  CancellationScope,
  condition,
  getExternalWorkflowHandle,
  setHandler,
  type SignalDefinition,
  sleep,
  workflowInfo,
} from '@temporalio/workflow'
import type { RunRef } from '../activities/messages.js'
import { isHalted, MOST_BY, MOST_WHY, type Trouble } from '../core/hold.js'
import { migrationWorkflowId } from '../core/names.js'
import type { RunSummary } from '../core/run.js'
import type { StepEnd } from './each-of.js'
import { Held, openHalt, type Halt } from './halt.js'
import { isLongWithChildren } from './limits.js'
import {
  end,
  ended,
  type FromWork,
  halt as haltSignal,
  halted,
  type Halting,
  type Heard,
  type HeldSnapshot,
  recovered,
  troubled,
} from './messages.js'
import { data, named, UNTIL_DONE } from './steps.js'

/** What a run, a verify or a repair hears of the entity, and tells it. */
export interface Heeding {
  readonly halt: Halt
  /** Why it was told to end; null: it was not. */
  readonly endedBecause: string | null
  /** What to do where the history is long: continues as new, and never returns. */
  onLong(goOnAsNew: () => Promise<never>): void
  /** For the input of the next execution. */
  carried(): Pick<Heard, 'halted' | 'awaiting'>
  /** Does one step of the work as often as holds end it, and waits meanwhile; also where all that is left of it waits. */
  step<T>(work: () => Promise<T | StepEnd>): Promise<Exclude<T, 'held' | 'long'>>
  /** Told of a snapshot that is open, and would be held through a hold; null when no more. */
  readonly holdsSnapshot: (snapshot: OpenSnapshot | null) => void
  /** Tells the entity something, where there is one. */
  readonly tell: <T extends FromWork>(signal: SignalDefinition<[T]>, value: Omit<T, keyof FromWork>) => void
  /** Does all the work, unless told to end, or its deadline comes. */
  untilEnd<T>(work: () => Promise<T>): Promise<T>
  /**
   * Tells the entity that it is over, which may be another execution by now than that which began it. `reason`: why, of a
   * run that could not write so.
   */
  over(summary?: RunSummary | null, reason?: string): Promise<void>
}

/** What a hold would keep on the source, and for how long from when nothing else is read in it; null: something is. */
export type OpenSnapshot = Omit<HeldSnapshot, 'until'> & { readonly holdMs: number; since(): number | null }

/** Listens to the entity. A workflow that has none to hear of is never held. */
export function heed({ ref, entity, halted: first, awaiting, deadline, word }: Heard): Heeding {
  const halt = openHalt(first)
  const servers = awaitingServers(ref, halt, () => void tell(recovered, {}))
  const all = new CancellationScope()
  let endedBecause: string | null = null
  let goOnAsNew: () => Promise<never> = () => Promise.reject(new Error('cannot continue as new'))
  let snapshot: OpenSnapshot | null = null
  const heldSnapshot = (): HeldSnapshot | null => {
    if (snapshot === null || (!halt.holds() && halt.now.tables.length === 0)) return null
    const { holdMs, since, ...held } = snapshot
    const from = since() ?? (halt.holds() ? Date.now() : null)
    return { ...held, until: from === null ? null : new Date(from + holdMs).toISOString() }
  }
  const tell = async <T extends FromWork>(
    signal: SignalDefinition<[T]>,
    value: Omit<T, keyof FromWork>,
  ): Promise<void> => {
    const { workflowId } = workflowInfo()
    await getExternalWorkflowHandle(migrationWorkflowId(ref.migration))
      .signal(signal, { ...value, workflowId } as T)
      // An entity that is gone hears nothing; what waits for a person waits for ever then, and Temporal's UI shows it.
      .catch(() => {})
  }
  const stop = (reason: string): void => {
    endedBecause ??= reason
    all.cancel()
  }
  const answer = async (): Promise<void> => {
    const { seq } = halt.now
    await condition(() => halt.isQuiet() || halt.now.seq !== seq)
    if (halt.now.seq === seq) void tell(halted, { seq, snapshot: heldSnapshot() })
  }
  setHandler(haltSignal, (value: unknown) => {
    if (!isHalted(value) || (word !== undefined && (value as Halting).word !== word)) return
    const { seq, all: everything, tables } = value
    halt.set({ seq, all: everything, tables })
    // Also for what is known already: whoever asks twice has not heard the answer.
    void answer()
  })
  setHandler(end, (value: unknown) => {
    const { by, reason } = (value ?? {}) as { by?: unknown; reason?: unknown }
    if (typeof by === 'string' && typeof reason === 'string')
      stop(`${by.slice(0, MOST_BY)} ended it: ${reason.slice(0, MOST_WHY)}`)
  })
  if (awaiting === true) servers.begin()
  let told: Trouble | null = null
  halt.onChange(() => {
    const { troubled: trouble } = halt
    if (trouble === null || trouble === told) return
    told = trouble
    if (entity === undefined) return stop(`${trouble.message}. ${trouble.remedy}`)
    void tell(troubled, { trouble })
    if (trouble.liftsItself) servers.begin()
  })
  const wait = async (isBlocked: () => boolean): Promise<void> => {
    await condition(() => !isBlocked() || isLongWithChildren())
    if (isBlocked()) await goOnAsNew()
  }
  return {
    halt,
    get endedBecause() {
      return endedBecause
    },
    onLong: (go) => void (goOnAsNew = go),
    carried: () => ({ halted: halt.now, ...(servers.isAwaiting() && { awaiting: true as const }) }),
    tell: (signal, value) => {
      if (entity === true) void tell(signal, value)
    },
    holdsSnapshot: (open) => void (snapshot = open),
    async step<T>(work: () => Promise<T | StepEnd>) {
      for (;;) {
        await wait(() => halt.holds())
        const { seq } = halt.now
        try {
          const done = await work()
          if (done === 'long') await goOnAsNew()
          if (done !== 'held') return done as Exclude<T, 'held' | 'long'>
          // Only tables that wait alone are left.
          if (!halt.holds()) await wait(() => halt.now.seq === seq && !halt.holds())
        } catch (error) {
          if (!(error instanceof Held)) throw error
        }
      }
    },
    async untilEnd(work) {
      if (deadline !== undefined)
        void all
          .run(async () => {
            await sleep(Math.max(0, Date.parse(deadline) - Date.now()))
            // What it waited for until then is why nothing came of it.
            const why = servers.isAwaiting() && told !== null ? `: ${told.message}` : ''
            stop(`Its deadline came (${deadline})${why}`)
          })
          .catch(() => {})
      return await all.run(work)
    },
    over: async (summary = null, reason) => {
      const told = { summary, ...(reason !== undefined && { reason }) }
      if (entity === true) await CancellationScope.nonCancellable(() => tell(ended, told))
    },
  }
}

interface Servers {
  begin(): void
  isAwaiting(): boolean
}

/** Looks whether both servers answer, until they do or nothing holds any more; tells it once the entity knows of the hold. */
function awaitingServers(ref: RunRef, halt: Halt, onBack: () => void): Servers {
  let scope: CancellationScope | null = null
  halt.onChange(() => {
    if (!halt.holds()) scope?.cancel()
  })
  return {
    isAwaiting: () => scope !== null,
    begin() {
      if (scope !== null) return
      const waiting = new CancellationScope()
      scope = waiting
      const look = async (): Promise<void> => {
        await named(data.awaitServers, 'wait until both servers answer', { ref }, UNTIL_DONE)
        await condition(() => halt.troubled === null)
        onBack()
      }
      void waiting
        .run(look)
        .catch(() => {})
        .finally(() => (scope = null))
    },
  }
}
