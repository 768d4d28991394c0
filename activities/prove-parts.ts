import type { ProofPartsInput } from './messages.js'
import { tableOf } from './plans.js'
import { readParts } from './proof-parts.js'
import { requestOf } from './proof-request.js'
import { step } from './step.js'
import type { Tools } from './tools.js'

/** Reads parts of a table back (T) or again (S1) and writes their digests down; an attempt goes on behind an earlier one. */
export const proveParts = (tools: Tools) =>
  step(tools, 'proveParts', async (input: ProofPartsInput, attempt): Promise<void> => {
    const site = await tools.plans.siteOf(input.ref)
    const request = await requestOf(site, input.proof)
    const table = tableOf(site, input.table)
    await readParts(site, tools, request, table, input.side, { first: input.first, count: input.count }, attempt)
  })
