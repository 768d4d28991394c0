import { look } from './inspecting.js'
import type { Inspected, InspectInput } from './messages.js'
import { step } from './step.js'
import type { ControlTools } from './tools.js'

/** `check` and `plan`: looks, changes nothing, and keeps the document for the read API. */
export const inspect = (tools: ControlTools) =>
  step(tools, 'inspect', async ({ what, config }: InspectInput, { signal }): Promise<Inspected> => {
    const { document } = await look(tools.ports, what, config, signal)
    const blocking = document.findings.filter((finding) => finding.severity === 'blocking').length
    return { ref: tools.kept.keep(document), blocking }
  })
