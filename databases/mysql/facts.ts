import type { SourceFacts } from '../../core/fitness/facts.js'
import { queryText } from './query.js'
import type { Sessions } from './sessions.js'

/**
 * What the target is compared with. Every account may ask it. Our sessions pin their time zone, so the offset is the one
 * that the server gives to others (`@@global.time_zone`); null where its zone is one that its tables do not know.
 */
export async function sourceFacts(sessions: Sessions, signal: AbortSignal): Promise<SourceFacts> {
  return await sessions.withSession(async ({ raw, server }) => {
    const [row] = await queryText(
      raw,
      `SELECT @@global.max_connections AS most, TIMESTAMPDIFF(SECOND, UTC_TIMESTAMP(),
        CONVERT_TZ(UTC_TIMESTAMP(), '+00:00', @@global.time_zone)) AS shift`,
    )
    const [used] = await queryText(raw, `SHOW GLOBAL STATUS LIKE 'Max_used_connections'`)
    return {
      product: `${server.product} ${server.numbers.join('.')}`,
      maxConnections: numberOf(row?.most),
      mostUsed: numberOf(used?.value),
      utcOffsetSeconds: numberOf(row?.shift),
    }
  }, signal)
}

const numberOf = (text: string | null | undefined): number | null =>
  text === null || text === undefined ? null : Number(text)
