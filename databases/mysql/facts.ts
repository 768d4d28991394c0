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
      `SELECT @@global.max_connections AS most, @@global.time_zone AS zone, @@global.system_time_zone AS own,
        ${shiftAt('UTC_TIMESTAMP()')} AS shift,
        ${shiftAt(beginOf('01'))} AS january, ${shiftAt(beginOf('07'))} AS july`,
    )
    const [january, july] = [numberOf(row?.january), numberOf(row?.july)]
    const [used] = await queryText(raw, `SHOW GLOBAL STATUS LIKE 'Max_used_connections'`)
    return {
      product: `${server.product} ${server.numbers.join('.')}`,
      maxConnections: numberOf(row?.most),
      mostUsed: numberOf(used?.value),
      timeZone: zoneNamed(row?.zone === 'SYSTEM' ? row.own : row?.zone),
      utcOffsetSeconds: numberOf(row?.shift),
      seasonOffsets: january === null || july === null ? null : [january, july],
    }
  }, signal)
}

const shiftAt = (at: string): string => `TIMESTAMPDIFF(SECOND, ${at}, CONVERT_TZ(${at}, '+00:00', @@global.time_zone))`

/** `CET` and `+01:00` are other zones elsewhere, or none. */
const zoneNamed = (name: string | null | undefined): string | null =>
  name === 'UTC' || /^[A-Za-z]+\/[\w+/-]+$/.test(name ?? '') ? name! : null

/** Of a month of this year. */
const beginOf = (month: string): string => `CAST(CONCAT(YEAR(UTC_TIMESTAMP()), '-${month}-01 00:00:00') AS DATETIME)`

const numberOf = (text: string | null | undefined): number | null =>
  text === null || text === undefined ? null : Number(text)
