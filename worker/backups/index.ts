import type { BackupFacts } from '../../core/fitness/facts.js'
import type { Log } from '../../core/log.js'
import type { BackupTools } from '../../core/ports.js'
import type { Variables } from '../hooks/address.js'
import { runCommand } from '../hooks/command.js'
import { withoutSecrets } from '../hooks/program.js'
import { BARMAN } from './barman.js'
import { PGBACKREST } from './pgbackrest.js'
import { unanswered, type BackupTool } from './tool.js'

const LIMIT_MS = 30_000

/** Of years of hourly backups; the answers of both grow with them. */
const ANSWER_BYTES = 64 * 1024 * 1024

/**
 * The tools for backups on this machine's PATH, as they are configured for this account: they are asked, and nothing is
 * changed. One that gives no answer within half a minute, or none that can be read, is told as one without a backup,
 * unless another knows the server.
 */
export function openBackups(variables: Variables, home: string, log: Log, limitMs = LIMIT_MS): BackupTools {
  const ask = (tool: BackupTool, id: string, signal: AbortSignal): Promise<readonly BackupFacts[] | null> =>
    askTool(tool, id, { variables, home, log, limitMs }, signal)
  return {
    async backups(systemIdentifier, signal) {
      const answers = await Promise.all([PGBACKREST, BARMAN].map((tool) => ask(tool, systemIdentifier, signal)))
      const there = answers.filter((answer) => answer !== null)
      if (there.length === 0) return null
      const found = there.flat()
      return found.some(({ last }) => last !== null) ? found.filter(({ last }) => last !== null) : found
    },
  }
}

interface Place {
  readonly variables: Variables
  readonly home: string
  readonly log: Log
  readonly limitMs: number
}

/** Null: there is no such program. */
async function askTool(
  { name, command, read }: BackupTool,
  systemIdentifier: string,
  { variables, home, log, limitMs }: Place,
  signal: AbortSignal,
): Promise<readonly BackupFacts[] | null> {
  const failed = (why: string): BackupFacts[] => {
    log('a tool for backups gave no answer', { reason: `${name}: ${why}` })
    return [unanswered(name, why)]
  }
  try {
    const asked = { command, home, env: withoutSecrets(variables), input: '', timeoutMs: limitMs, graceMs: 800 }
    const end = await runCommand({ ...asked, outBytes: ANSWER_BYTES }, signal)
    if (end.late) return failed(`longer than ${limitMs / 1000} s`)
    if (end.code !== 0) return failed(end.code === null ? `ended by ${end.signal}` : `exit code ${end.code}`)
    return read(end.out, systemIdentifier)
  } catch (error) {
    if (signal.aborted) return failed('cancelled')
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') return null
    // Neither its text nor what the parser says of it: both may quote a connection's password.
    return failed(code ?? 'it answers with something else')
  }
}
