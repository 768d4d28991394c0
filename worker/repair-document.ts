import type { RepairDocument, RepairTable } from '../core/api.js'
import { schemaToMend, tablesToMend } from '../core/repair.js'
import { schemaDocument } from './proof-documents.js'
import type { Asked } from './routes.js'

/** What a repair of a run would do now: rows by the newest proof of each table, the schema by a look at it. */
export async function repairDocument(asked: Asked, run: string): Promise<RepairDocument> {
  const { migration, differences } = await schemaDocument(asked, run)
  const todo = tablesToMend(await asked.ledger.proofsOf(run))
  const kinds = new Map<string, Awaited<ReturnType<typeof asked.ledger.differenceKinds>>>()
  for (const proof of new Set(todo.map(({ basis }) => basis)))
    kinds.set(proof, await asked.ledger.differenceKinds(proof))
  const tables = todo.map(({ table, basis: proof, verdict }): RepairTable => {
    const rows = (kind: string): number =>
      kinds.get(proof)?.find((one) => one.table === table && one.kind === kind)?.rows ?? 0
    return { table, proof, verdict, missing: rows('missing'), extra: rows('extra'), changed: rows('changed') }
  })
  return { format: 1, migration, run, tables, schema: schemaToMend(differences) }
}
