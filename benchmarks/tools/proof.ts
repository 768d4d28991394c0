import { join } from 'node:path'
import { repositoryRoot } from '../../scripts/servers/folder.js'
import { timed } from '../timed.js'
import type { Tool } from './tool.js'

const STEPS = ['clone', 'clone-digest', 'load-proof', 'full-proof', 'witness'] as const

/**
 * The steps of a proof beside the copy, in one process that runs our own activities over our own adapters: what Temporal
 * and the command line cost is in other cases. `clone` with one session, proofs with two; `-2` all with two.
 */
export const proof: Tool = {
  name: 'proof',
  rows: [...STEPS, ...STEPS.slice(0, 2).map((step) => `${step}-2`)],
  comparable: false,
  async run({ source, target }) {
    const { stdout, peaks } = await timed({
      program: process.execPath,
      args: [join(repositoryRoot(), 'dist', 'benchmarks', 'proof-steps.js')],
      env: { NIGHTFERRY_CONNECTION_FROM: source.url, NIGHTFERRY_CONNECTION_TO: target.url },
    })
    return { seconds: JSON.parse(stdout) as Record<string, number>, peaks, bytes: null }
  },
}
