import { Context } from '@temporalio/activity'
import { prepared, big, bundle, type Script } from './scripted.js'
import { waitUntil } from './wait.js'

/** Steps that work until they are told to end, or are cancelled; they count what is open and what is done. */
export interface Working {
  /** Of steps with a name of that beginning, now. */
  open(name?: string): number
  readonly done: string[]
  /** Steps with a name of that beginning end well, from now on. */
  finish(name: string): void
  script: Script
}

/** A run of two big tables of 6 chunks and one index each, and of one bundle with a third, whose every step waits. */
export function working(): Working {
  const open: string[] = []
  const done: string[] = []
  const finished: string[] = []
  const isFinished = (name: string): boolean => finished.some((one) => name.startsWith(one))
  const work = async (name: string): Promise<void> => {
    const context = Context.current()
    const timer = setInterval(() => context.heartbeat(), 100)
    open.push(name)
    try {
      while (!isFinished(name)) await context.sleep(20)
      done.push(name)
    } finally {
      clearInterval(timer)
      open.splice(open.indexOf(name), 1)
    }
  }
  const parts = [
    { part: { table: 0 }, name: 't0', tables: 1 },
    { part: { table: 1 }, name: 't1', tables: 1 },
    { part: { bundle: 0 }, name: 'bundle', tables: 1, of: [2] },
  ]
  const nameOf = (part: object): string => Object.entries(part).flat().join(' ')
  const script: Script = {
    prepareRun: async () => {
      await work('prepare')
      const tables = [big(0, { indexes: 1 }), big(1, { indexes: 1 })]
      return prepared({ parallelism: 4, constraints: true, big: tables, bundles: [bundle(0, { indexes: 1, of: [2] })] })
    },
    divideTable: async () => ({ chunks: 6, complete: true }),
    copyChunks: async ({ table, first, count }) => {
      await work(`copy ${table} ${first}+${count}`)
      return { rows: count, bytes: count, seconds: 100 * count }
    },
    copyBundle: async () => (await work('copy bundle'), { rows: 1, bytes: 1, stopped: 0 }),
    buildPrimaryKey: async ({ table }) => await work(`index ${table} primary`),
    buildIndex: async ({ table, index }) => await work(`index ${table} ${index}`),
    indexBundle: async () => (await work('index bundle'), { stopped: 0 }),
    addForeignKeys: async () => (await work('add'), { stopped: 0 }),
    sealTables: async ({ part }) => (await work(`seal ${nameOf(part)}`), { stopped: 0 }),
    planProof: async () => {
      await work('plan')
      return { pieces: [{ table: 0, name: 't0', side: 'T', parts: 4, perPiece: 2 }], parts }
    },
    proveParts: async ({ first }) => await work(`prove ${first}`),
    judgeTables: async ({ part }) => (await work(`judge ${nameOf(part)}`), { stopped: 0, unclean: 0, differences: 0 }),
  }
  return {
    open: (name = '') => open.filter((one) => one.startsWith(name)).length,
    done,
    finish: (name) => void finished.push(name),
    script,
  }
}

export const untilOpen = async (steps: Working, name: string): Promise<unknown> =>
  await waitUntil(`${name} is under way`, () => steps.open(name) > 0, 20_000)
