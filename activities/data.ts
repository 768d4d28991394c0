import { addForeignKeys } from './add-foreign-keys.js'
import { awaitServers } from './await-servers.js'
import { buildIndex } from './build-index.js'
import { buildPrimaryKey } from './build-primary-key.js'
import { closeProof } from './close-proof.js'
import { closeRun } from './close-run.js'
import { copyBundle } from './copy-bundle.js'
import { copyChunks } from './copy-chunks.js'
import { divideTable } from './divide-table.js'
import { indexBundle } from './index-bundle.js'
import { joinSnapshot } from './join-snapshot.js'
import { judgeTables } from './judge-tables.js'
import { markIndexed } from './mark-indexed.js'
import { keepSnapshot } from './keep-snapshot.js'
import { loseSnapshot } from './lose-snapshot.js'
import { mendSchema } from './mend-schema.js'
import { openSnapshot } from './open-snapshot.js'
import { parkTables } from './park-tables.js'
import { planProof } from './plan-proof.js'
import { planRepair } from './plan-repair.js'
import { prepareRetry } from './prepare-retry.js'
import { prepareRun } from './prepare-run.js'
import { proveParts } from './prove-parts.js'
import { repairTable } from './repair-table.js'
import { restartRun } from './restart-run.js'
import { sealTables } from './seal-tables.js'
import { stopDrifted } from './stop-drifted.js'
import type { Tools } from './tools.js'
import { validateForeignKeys } from './validate-foreign-keys.js'

/** The bulk work of a run, by the names that histories hold. */
export const createDataActivities = (tools: Tools) => ({
  prepareRun: prepareRun(tools),
  openSnapshot: openSnapshot(tools),
  joinSnapshot: joinSnapshot(tools),
  keepSnapshot: keepSnapshot(tools),
  loseSnapshot: loseSnapshot(tools),
  restartRun: restartRun(tools),
  stopDrifted: stopDrifted(tools),
  divideTable: divideTable(tools),
  copyChunks: copyChunks(tools),
  copyBundle: copyBundle(tools),
  buildPrimaryKey: buildPrimaryKey(tools),
  buildIndex: buildIndex(tools),
  markIndexed: markIndexed(tools),
  indexBundle: indexBundle(tools),
  addForeignKeys: addForeignKeys(tools),
  validateForeignKeys: validateForeignKeys(tools),
  sealTables: sealTables(tools),
  planProof: planProof(tools),
  proveParts: proveParts(tools),
  judgeTables: judgeTables(tools),
  closeProof: closeProof(tools),
  planRepair: planRepair(tools),
  repairTable: repairTable(tools),
  mendSchema: mendSchema(tools),
  parkTables: parkTables(tools),
  closeRun: closeRun(tools),
  awaitServers: awaitServers(tools),
  prepareRetry: prepareRetry(tools),
})

export type DataActivities = ReturnType<typeof createDataActivities>
