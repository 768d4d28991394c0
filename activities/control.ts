import { abandonRun } from './abandon-run.js'
import { applyVersion } from './apply-version.js'
import { inspect } from './inspect.js'
import type { ControlTools } from './tools.js'

/** What the entity asks for between runs, by the names that histories hold. */
export const createControlActivities = (tools: ControlTools) => ({
  inspect: inspect(tools),
  applyVersion: applyVersion(tools),
  abandonRun: abandonRun(tools),
})

export type ControlActivities = ReturnType<typeof createControlActivities>
