import type pg from 'pg'
import { Failure } from '../../../core/failure.js'
import type { LedgerPort } from '../../../core/ledger.js'
import { codeOf } from '../errors.js'
import { readAudit, writeAudit } from './audit.js'
import { addChunks, chunkStats } from './chunks.js'
import { chunkProgress, claimChunks, claimWhole } from './claims.js'
import { evidenceRows } from './evidence.js'
import { endMended, keysLeftBy } from './mended.js'
import { readInventory, removeLedger } from '../inventory.js'
import { migrateLedger, openLedger } from './open.js'
import { addWitness, differenceKinds, readDifferences, setDifferences } from './differences.js'
import { readProgress } from './progress.js'
import { proofReport, proofsOf } from './proof-report.js'
import {
  addProofPart,
  closeProof,
  copiedChunks,
  cutPages,
  loadVerdict,
  openProof,
  proofParts,
  provedOrdinals,
  readProof,
  setVerdict,
} from './proofs.js'
import { labelTables, loseSnapshot, restartRun, setReading, tablesMade } from './reading.js'
import { readReport } from './report.js'
import { madeInTarget, reopenRun, resetTables } from './retrying.js'
import { closeRun, enterPhase, listRuns, openRun, summaryOf } from './runs.js'
import { skipTable } from './skipping.js'
import { callReaders, joinCall, joinedTo, moveCall, readerCall } from './calls.js'
import { addFailure, addSeconds, setTables, tablesOfBundle, tableStates } from './tables.js'
import { latestVersion, listVersions, readVersion, saveVersion } from './versions.js'
import { noteWitness, witnessed } from './witnessed.js'

export { completeChunk } from './claims.js'
export { forgetObjects, ownedObjects, recordObject, type OwnedObject } from './objects.js'

/** How long a claim waits for another transaction's completion of the same chunk before it fails (and is retried). */
const CLAIM_WAITS_MS = 20_000

/**
 * The ledger in schema `nightferry` of the pool's database. Its sessions must be READ COMMITTED by default (as they
 * come): a claim that waited for a completion reads what that made of the row.
 */
export function createLedger(pool: pg.Pool, options: { readonly claimWaitsMs?: number } = {}): LedgerPort {
  const waits = options.claimWaitsMs ?? CLAIM_WAITS_MS
  return migratedFirst(pool, {
    open: (migration) => openLedger(pool, migration),
    saveVersion: (version) => saveVersion(pool, version),
    version: (number) => readVersion(pool, number),
    latestVersion: () => unlessThereIsNone(() => latestVersion(pool), null),
    versions: (most) => unlessThereIsNone(() => listVersions(pool, most), []),
    inventory: () => unlessThereIsNone(() => readInventory(pool), null),
    remove: (migration) => removeLedger(pool, migration),

    openRun: (run) => openRun(pool, run),
    enterPhase: (run, phase) => enterPhase(pool, run, phase),
    setReading: (run, reading) => setReading(pool, run, reading),
    callReaders: (run, call, leader) => callReaders(pool, run, call, leader),
    moveCall: (run, call, state, sessions) => moveCall(pool, run, call, state, sessions),
    joinedTo: (run, call) => joinedTo(pool, run, call),
    readerCall: (run) => readerCall(pool, run),
    joinCall: (run, call, queue, state) => joinCall(pool, run, call, queue, state),
    loseSnapshot: (run, reason) => loseSnapshot(pool, run, reason),
    labelTables: (run, tables) => labelTables(pool, run, tables),
    tablesMade: (run, made) => tablesMade(pool, run, made),
    restartRun: (run) => restartRun(pool, run),
    closeRun: (run, state, reason) => closeRun(pool, run, state, reason),

    reopenRun: (run) => reopenRun(pool, run),
    resetTables: (run, reset) => resetTables(pool, run, reset),
    skipTable: async (run, table, by, why) =>
      (await skipTable(pool, run, table, by, why)) ? await summaryOf(pool, run) : null,
    madeInTarget: () => madeInTarget(pool),

    audit: (entry) => writeAudit(pool, entry),
    auditTrail: (most) => unlessThereIsNone(() => readAudit(pool, most), []),

    addChunks: (run, table, first, ranges) => addChunks(pool, run, table, first, ranges),
    chunkStats: (run, table) => chunkStats(pool, run, table),
    claim: async (run, table, ordinal, worker) => {
      const [claim] = await claimChunks(pool, run, [table], ordinal, worker, waits)
      return claim!
    },
    claimAll: (run, tables, worker) => claimWhole(pool, run, tables, worker, waits),
    chunkProgress: (claim, rows, bytes) => chunkProgress(pool, claim, rows, bytes),

    tablesOfBundle: (run, bundle) => tablesOfBundle(pool, run, bundle),
    setTable: (run, table, change) => setTables(pool, run, [table], change),
    setTables: (run, tables, change) => setTables(pool, run, tables, change),
    tableStates: (run) => tableStates(pool, run),
    addSeconds: (run, table, step, seconds) => addSeconds(pool, run, table, step, seconds),
    addFailure: (run, table, failure) => addFailure(pool, run, table, failure),

    openProof: (request, tables) => openProof(pool, request, tables),
    proof: (proof) => readProof(pool, proof),
    copiedChunks: (run, table, first, atMost) => copiedChunks(pool, run, table, first, atMost),
    provedOrdinals: (proof, table, side) => provedOrdinals(pool, proof, table, side),
    proofParts: (proof, table, side, first, atMost) => proofParts(pool, proof, table, side, first, atMost),
    addProofPart: (proof, table, part, seconds, worker) => addProofPart(pool, proof, table, part, seconds, worker),
    cutPages: (proof, table, pages, pagesPerPart) => cutPages(pool, proof, table, pages, pagesPerPart),
    setDifferences: (proof, table, part, batches) => setDifferences(pool, proof, table, part, batches),
    addWitness: (proof, table, range) => addWitness(pool, proof, table, range),
    witnessed: (proof, table) => witnessed(pool, proof, table),
    noteWitness: (run, table, ordinal, witness) => noteWitness(pool, run, table, ordinal, witness),
    setVerdict: (proof, table, verdict, rows) => setVerdict(pool, proof, table, verdict, rows),
    loadVerdict: (run, table) => loadVerdict(pool, run, table),
    endMended: (run, proof, table) => endMended(pool, run, proof, table),
    keysLeftBy: (proof) => keysLeftBy(pool, proof),
    closeProof: (proof) => closeProof(pool, proof),
    proofsOf: (run) => unlessThereIsNone(() => proofsOf(pool, run), []),
    proofReport: (proof) => unlessThereIsNone(() => proofReport(pool, proof), null),
    differences: (proof, after, atMost) => readDifferences(pool, proof, after, atMost),

    evidenceRows: (run, table) => evidenceRows(pool, run, table),

    differenceKinds: (proof) => differenceKinds(pool, proof),

    summary: (run) => summaryOf(pool, run),
    runs: (limit) => unlessThereIsNone(() => listRuns(pool, limit), []),
    report: (run) => readReport(pool, run),
    progress: (run) => readProgress(pool, run),
  })
}

/** Every method but `open`, behind a look at the ledger's version: once, as soon as there is a ledger. */
function migratedFirst(pool: pg.Pool, ledger: LedgerPort): LedgerPort {
  let looking: Promise<boolean> | null = null
  // The name may be another database's by now, whose ledger an older release made: all sessions of the one before were ended.
  pool.on('remove', () => void (looking = null))
  const look = async (): Promise<void> => {
    looking ??= unlessThereIsNone(() => migrateLedger(pool), false)
    const found = await looking.catch((error: unknown) => {
      looking = null
      throw error
    })
    if (!found) looking = null
  }
  const methods = Object.entries(ledger).map(([name, method]) => [
    name,
    async (...args: unknown[]) => {
      if (name !== 'open') await look()
      return await (method as (...args: unknown[]) => Promise<unknown>)(...args)
    },
  ])
  return Object.fromEntries(methods) as LedgerPort
}

/** Undefined table, undefined schema, database that does not exist yet: nothing was ever applied to this target. */
const NO_LEDGER = new Set(['42P01', '3F000', '3D000'])

async function unlessThereIsNone<T>(read: () => Promise<T>, none: T): Promise<T> {
  try {
    return await read()
  } catch (error) {
    // The pool's connect has made a Failure of what it met already.
    if (error instanceof Failure ? error.kind === 'target-missing' : NO_LEDGER.has(codeOf(error))) return none
    throw error
  }
}
