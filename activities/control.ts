import { abandonProof } from './abandon-proof.js'
import { abandonRun } from './abandon-run.js'
import { adoptLedger } from './adopt.js'
import { applyVersion } from './apply-version.js'
import { assessTarget } from './assess-target.js'
import { buildAside } from './build-aside.js'
import { changeCopy } from './change-copy.js'
import { cleanTarget } from './clean.js'
import { findTables } from './find-tables.js'
import { inspect } from './inspect.js'
import { judgeNight } from './judge-night.js'
import { judgeSchedule } from './judge-schedule.js'
import { locateRun } from './locate-run.js'
import { numberProof } from './number-proof.js'
import { planNight } from './plan-night.js'
import { planRetry } from './plan-retry.js'
import { makeCopies, publishRun } from './publish-run.js'
import { readWindow } from './read-window.js'
import { runHook } from './run-hook.js'
import { rememberRun } from './remember-run.js'
import { showGeneration } from './show-generation.js'
import { skipTable } from './skip-table.js'
import type { ControlTools } from './tools.js'
import { waiveCheck } from './waive-check.js'
import { writeAudit } from './write-audit.js'

/** What the entity asks for between runs, by the names that histories hold. */
export const createControlActivities = (tools: ControlTools) => ({
  inspect: inspect(tools),
  applyVersion: applyVersion(tools),
  abandonRun: abandonRun(tools),
  numberProof: numberProof(tools),
  abandonProof: abandonProof(tools),
  findTables: findTables(tools),
  writeAudit: writeAudit(tools),
  readWindow: readWindow(tools),
  planRetry: planRetry(tools),
  skipTable: skipTable(tools),
  adoptLedger: adoptLedger(tools),
  cleanTarget: cleanTarget(tools),
  rememberRun: rememberRun(tools),
  runHook: runHook(tools),
  planNight: planNight(tools),
  judgeSchedule: judgeSchedule(tools),
  judgeNight: judgeNight(tools),
  buildAside: buildAside(tools),
  publishRun: publishRun(tools),
  makeCopies: makeCopies(tools),
  locateRun: locateRun(tools),
  showGeneration: showGeneration(tools),
  changeCopy: changeCopy(tools),
  assessTarget: assessTarget(tools),
  waiveCheck: waiveCheck(tools),
})

export type ControlActivities = ReturnType<typeof createControlActivities>
