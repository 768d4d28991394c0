import { witnessOf } from '../core/config/consistency.js'
import type { PlannedTable } from '../core/plan/types.js'
import type { ProofRequest, Side } from '../core/proof.js'
import type { TableState } from '../core/run.js'
import { isWhole, statesOf } from './each-table.js'
import type { PlannedProof, ProofBegin, ProofPartName, ProofPieces } from './messages.js'
import { partsOfSide } from './proof-parts.js'
import { bundlesOfRun, type Site, tableOf, wholeBundles } from './plans.js'
import { step } from './step.js'
import type { Tools } from './tools.js'

/** Steps that one side of a table is read in at most: each is six events of a history. */
const MOST_PIECES = 48

/**
 * Registers a proof and says what there is to do: tables with chunks of their own are read in pieces side by side, bundles
 * by whoever judges them. Tables that were stopped before they were whole are left out: their verdict is `not proved`.
 */
export const planProof = (tools: Tools) =>
  step(tools, 'planProof', async ({ ref, request: asked, tables: only }: ProofBegin): Promise<PlannedProof> => {
    const site = await tools.plans.siteOf(ref)
    if (asked === null && site.undigested) return { pieces: [], parts: [] }
    const request = asked ?? loadProof(site, ref.run)
    if (request.kind === 'load') await site.ledger.enterPhase(ref.run, 'proof')
    const states = await statesOf(site, ref.run)
    const all = request.tables ?? site.plan.tables.map(({ ordinal }) => ordinal)
    const wanted = all.filter((ordinal) => states.get(ordinal) !== 'skipped')
    await site.ledger.openProof(request, wanted)
    const provable = new Set<number>()
    for (const ordinal of wanted)
      if ((only?.includes(ordinal) ?? true) && (await isProvable(site, request, ordinal, states.get(ordinal))))
        provable.add(ordinal)
    const every = await bundlesOfRun(site.ledger, ref.run)
    const bundles = only === undefined ? every : wholeBundles(every, new Set(only))
    const bundled = new Set(bundles.flat())
    const alone = [...provable].filter((ordinal) => !bundled.has(ordinal)).map((ordinal) => tableOf(site, ordinal))
    alone.sort((a, b) => b.estimatedBytes - a.estimatedBytes)
    const pieces: ProofPieces[] = []
    for (const table of alone) pieces.push(...(await piecesOf(site, request, table)))
    const parts: ProofPartName[] = alone.map(({ ordinal, source }) => ({
      part: { table: ordinal },
      name: source,
      tables: 1,
    }))
    for (const [bundle, tables] of bundles.entries()) {
      const of = tables.filter((ordinal) => provable.has(ordinal))
      const name = `bundle ${bundle} (${of.length} tables)`
      if (of.length > 0) parts.push({ part: { bundle }, name, tables: of.length, of })
    }
    return { pieces, parts }
  })

const loadProof = ({ stored }: Site, run: string): ProofRequest => ({
  ...{ proof: run, run, kind: 'load', withSource: false, witness: witnessOf(stored.config), tables: null },
})

/** A load is proved of tables that are whole and indexed; a later proof also of those that stopped when all their rows were there. */
async function isProvable(
  site: Site,
  { kind, run }: ProofRequest,
  ordinal: number,
  state: TableState | undefined,
): Promise<boolean> {
  if (state === 'done' || kind === 'load') return state === 'done' || state === 'indexed'
  return state === 'stopped' && (await isWhole(site, run, tableOf(site, ordinal)))
}

async function piecesOf(site: Site, request: ProofRequest, table: PlannedTable): Promise<ProofPieces[]> {
  const sides: Side[] = request.withSource ? ['T', 'S1'] : ['T']
  const pieces = []
  for (const side of sides) {
    const parts = await partsOfSide(site, request, table, side)
    const perPiece = Math.max(1, Math.ceil(parts / MOST_PIECES))
    pieces.push({ table: table.ordinal, name: table.source, side, parts, perPiece })
  }
  return pieces
}
