import { Failure } from '../../core/failure.js'
import { placeOfRun } from '../../core/place.js'
import { RateMeter, type Rates } from '../../core/progress.js'
import type { RunProgress } from '../../core/report.js'
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
      const { connection, database } = running.target ?? placeOfRun(target, running.run)
      const id = JSON.stringify([migration, running.run, connection, database])
      const known = looks.get(id)
      if (known !== undefined) return await known()
      const ask = async (): Promise<RunProgress> =>
        await (await ports.target(connection, database)).ledger.progress(running.run)
      const look = lookEach(ask, async () => await migrations.trouble(running.workflowId))
      looks.set(id, look)
      return await look()
    },
  }
}

/** What was seen last stays where a look brings nothing, or nothing yet: numbers must not vanish because a server is slow. */
function lookEach(ask: () => Promise<RunProgress>, askTrouble: () => Promise<readonly string[]>): () => Promise<Look> {
  const meter = new RateMeter()
  const trouble = freshly(TROUBLE_MS, askTrouble)
  let seen: Look = { progress: null, rates: NO_RATES, trouble: null, failing: [] }
  const look = freshly(FRESH_MS, async () => {
    const failing = trouble()
    try {
      const progress = await ask()
      seen = { progress, rates: meter.add(progress, Date.now()), trouble: null, failing: [] }
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
