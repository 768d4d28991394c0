import { PSQL, psqlClient } from '../clients.js'
import { onTarget } from '../target.js'
import { timed } from '../timed.js'
import type { Tool } from './tool.js'

/** The target's own limit: `psql \copy` of a ready file into bare tables of the same types, one stream, no keys. */
export const copy: Tool = {
  name: 'copy',
  rows: ['copy'],
  comparable: true,
  async run({ bench, target, readyFile }) {
    await onTarget(target.url, bench.peers?.createTarget ?? [])
    const psql = psqlClient(target.url)
    const { seconds, peaks } = await timed({
      program: PSQL,
      args: [...psql.args, '--command', `\\copy ${bench.name} from '${readyFile}'`],
      env: psql.env,
    })
    return { seconds: { copy: seconds }, peaks, bytes: null }
  },
}
