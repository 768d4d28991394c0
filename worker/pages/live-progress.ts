import { Failure } from '../../core/failure.js'
import { type Place, placeOfRun } from '../../core/place.js'
import { RateMeter, type Rates } from '../../core/progress.js'
import type { RunProgress } from '../../core/report.js'
import type { RunId } from '../../core/run.js'
import type { MigrationStatus } from '../../core/status.js'
import { freshly } from '../freshly.js'
import { inTime } from '../in-time.js'
import { keepRecent } from '../recent.js'
import type { Site } from '../site.js'

/** How far a run is, as its ledger said it last. */
export interface Look {
  /** Null: the ledger has told nothing yet. */
  readonly progress: RunProgress | null
  readonly rates: Rates
  /** Why the last look brought nothing; what it was before is shown until then. */
  readonly trouble: Failure | null
  /** What goes wrong in its workflow, in sentences. */
  readonly failing: readonly string[]
  /** It was published: what people read has it. */
  readonly isPublished: boolean
}

/** Runs that are under way. All pages that show one share what its ledger says, and its speed. */
export interface Followed {
  /** Null: nothing is under way there. Throws only what nobody foresaw. */
  look(status: MigrationStatus): Promise<Look | null>
}

/** A ledger is asked once a second however many pages there are. */
const FRESH_MS = 800
/** Its children are described as well: one question each. */
const TROUBLE_MS = 3000
const MOST_RUNS = 50
/** A person waits for the page, and the list has other migrations to show. */
const LOOK_MS = 2500

const NO_RATES: Rates = { rows: null, byTable: new Map(), left: null }

export function followRuns({ ports, migrations }: Pick<Site, 'ports' | 'migrations'>): Followed {
  const looks = keepRecent<() => Promise<Look>>(MOST_RUNS)
  return {
    async look(status) {
      const { running, target, migration } = status
      if (running === null || target === null) return null
      const place = running.target ?? placeOfRun(target, running.run)
      const id = JSON.stringify([migration, running.run, place.connection, place.database])
      const known = looks.get(id)
      if (known !== undefined) return await known()
      const look = lookEach(
        askProgress(ports, place, running.run),
        async () => await migrations.trouble(running.workflowId),
      )
      looks.set(id, look)
      return await look()
    },
  }
}

type Found = Pick<Look, 'isPublished'> & { readonly progress: RunProgress }

/**
 * Of the database that it builds. Once that is published it has another name, or is closed for good and a copy of it is what
 * people read: that one is asked then, and first from then on. Throws what the first of them threw where none has the run.
 */
function askProgress(ports: Site['ports'], place: Place, run: RunId): () => Promise<Found> {
  const { connection, database, published } = place
  let names = published === undefined || published === database ? [database] : [database, published]
  return async () => {
    let first: Failure | null = null
    for (const name of names) {
      try {
        const progress = await (await ports.target(connection, name)).ledger.progress(run)
        names = [name, ...names.filter((other) => other !== name)]
        return { progress, isPublished: name !== null && name === published }
      } catch (error) {
        if (!(error instanceof Failure)) throw error
        first ??= error
      }
    }
    throw first ?? new Error('no database was asked')
  }
}

/** What was seen last stays where a look brings nothing, or nothing yet: numbers must not vanish because a server is slow. */
function lookEach(ask: () => Promise<Found>, askTrouble: () => Promise<readonly string[]>): () => Promise<Look> {
  const meter = new RateMeter()
  const trouble = freshly(TROUBLE_MS, askTrouble)
  let seen: Look = { progress: null, rates: NO_RATES, trouble: null, failing: [], isPublished: false }
  const look = freshly(FRESH_MS, async () => {
    const failing = trouble()
    try {
      const found = await ask()
      seen = { ...found, rates: meter.add(found.progress, Date.now()), trouble: null, failing: [] }
    } catch (error) {
      if (!(error instanceof Failure)) throw error
      seen = { ...seen, rates: NO_RATES, trouble: error }
    }
    seen = { ...seen, failing: await failing }
    return seen
  })
  return async () => await inTime(LOOK_MS, look(), () => ({ ...seen, rates: NO_RATES, trouble: silent() }))
}

const silent = (): Failure =>
  new Failure('target-unreachable', `The target has not answered for ${LOOK_MS / 1000} s`, {
    remedy: 'See whether its server, its disk and the network to it are well; it is asked again.',
  })
