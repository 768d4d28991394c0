import { formatBytes } from '../core/config/bytes.js'
import { consistencyOf, witnessOf } from '../core/config/consistency.js'
import { formatDuration } from '../core/config/durations.js'
import { formatShare } from '../core/config/shares.js'
import type { CastRule, Config, Limits } from '../core/config/types.js'
import { connectionVariable } from '../core/config/words.js'
import { flow, list, word } from './yaml-words.js'
import { fitnessLines, nightsTemplate } from './config-template-nights.js'

/** The YAML of a configuration, with a word about each part: what `quick` leaves behind. It reads back as the same. */
export function writeConfig(config: Config, file = `${config.migration}.yaml`): string {
  const { source, target, tables, limits } = config
  return `# A migration of Nightferry. The next step: nightferry run ${file}

migration: ${word(config.migration)}

# Connections are names. The worker finds the URLs in its environment (${connectionVariable(source.connection)},
# ${connectionVariable(target.connection)}), or in .nightferry/connections/ of the folder that it was started in.
source:
  connection: ${word(source.connection)}
target:
  connection: ${word(target.connection)}
${target.database === null ? '  # database: the one that the connection names' : `  database: ${word(target.database)}`}
  schema: ${word(target.schema)}
${fitnessLines(config)}
# Names as the source spells them, or /patterns/. One that matches nothing is an error.
tables:
  include: ${list(tables.include)}
  exclude: ${list(tables.exclude)}

# Rules come before those of the house, and the first that matches wins:
#   - {type: tinyint(1), to: smallint}
#   - {column: orders.flags, to: bigint}
#   - {type: datetime, on_zero_date: "null"}    # refuse (default), null, or a date such as 1970-01-01
casts:${config.casts.length ? config.casts.map((rule) => `\n  - ${flow(written(rule))}`).join('') : ' []'}

# Of which moment the rows are. snapshot (refused where the account may not lock): every table of one moment;
# best-effort: each chunk of its own.
${consistency(config)}
# What SQL in both servers compares in each run, beside the proof of every row that was loaded.
verify:
  witness: ${formatShare(witnessOf(config))}

limits:
  parallelism: ${limits.parallelism}  # copying sessions of a run, over all tables and processes
  chunk_bytes: ${formatBytes(limits.chunkBytes)}  # the most that one transaction copies, and that is done again
  rows_per_second: ${limits.rowsPerSecond ?? 0}  # over all sessions; 0: no limit
${hours(limits)}${nightsTemplate(config)}`
}

/** A window is said only where there is one: there is none under a snapshot. */
const hours = ({ window }: Limits): string => (window === undefined ? '' : `  window: ${JSON.stringify(window)}\n`)

function consistency(config: Config): string {
  const { read, lockTimeoutMs, holdMs, onLost, uncovered } = consistencyOf(config)
  return `consistency:
  ${read === null ? '# read: snapshot, where the account is able to; it says so where it is not' : `read: ${read}`}
  lock_timeout: ${formatDuration(lockTimeoutMs)}  # a lock that is not granted by then is given up, and tried again
  hold: ${formatDuration(holdMs)}  # how long a pause may keep the snapshot
  on_lost: ${onLost}  # or ${onLost === 'restart' ? 'best-effort' : 'restart'}: what a run does whose snapshot is lost
  uncovered: ${uncovered}  # or ${uncovered === 'lock' ? 'label' : 'lock'}: tables that no snapshot covers (MyISAM, MEMORY)
`
}

function written({ type, column, to, onZeroDate }: CastRule): Record<string, string> {
  return {
    ...(type !== undefined && { type }),
    ...(column !== undefined && { column }),
    ...(to !== undefined && { to }),
    ...(onZeroDate && { on_zero_date: onZeroDate.do === 'literal' ? onZeroDate.value : onZeroDate.do }),
  }
}
