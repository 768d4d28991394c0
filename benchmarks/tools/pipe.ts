import { mariadbClient, PSQL, psqlClient, shellWords } from '../clients.js'
import { onTarget } from '../target.js'
import { timed } from '../timed.js'
import type { Job, Tool } from './tool.js'

/**
 * What a person does without a tool: `mariadb --batch | psql COPY`, then the keys. The client escapes tab, newline and
 * backslash as COPY reads them, and prints NULL as the word, so no text of the table may be that word (it is asserted
 * by comparing the tables).
 */
export const pipe: Tool = {
  name: 'pipe',
  rows: ['pipe'],
  comparable: true,
  async run(job) {
    await onTarget(job.target.url, job.bench.peers?.createTarget ?? [])
    const { seconds, peaks } = await pipeInto(job)
    return { seconds: { pipe: seconds }, peaks, bytes: null }
  },
}

/** Into a table that is there. */
export async function pipeInto({ bench, source, target }: Pick<Job, 'bench' | 'source' | 'target'>) {
  if (!bench.peers) throw new Error(`${bench.name} has no peers`)
  const from = mariadbClient(source.url)
  const into = psqlClient(target.url)
  const query = `select ${bench.peers.select} from ${bench.name} order by ${bench.peers.orderBy}`
  const read = ['mariadb', '--quick', '--batch', '--skip-column-names', `--execute=${query}`, ...from.args]
  const load = [PSQL, ...into.args, '--command', `copy ${bench.name} from stdin with (null 'NULL')`]
  const keys = [PSQL, ...into.args, ...bench.peers.keys.flatMap((statement) => ['--command', statement])]
  const script = `set -o pipefail; ${shellWords(read)} | ${shellWords(load)} && ${shellWords(keys)}`
  return await timed({ program: 'bash', args: ['-c', script], env: { ...from.env, ...into.env } })
}
