import { createHash, timingSafeEqual } from 'node:crypto'

/** What a browser shows when it asks for the token. */
export const CHALLENGE = 'Basic realm="Nightferry", charset="UTF-8"'

/**
 * Programs send `Authorization: Bearer TOKEN`; browsers, which know only that, `Basic` with any user and the token as the
 * password. What comes is hashed first, so that the comparison takes the same time for every length.
 */
export function isAllowed(header: string | undefined, token: string): boolean {
  const given = tokenIn(header ?? '')
  // An empty token would let everybody in.
  return timingSafeEqual(digest(given ?? ''), digest(token)) && given !== null && token !== ''
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest()

/** Null: there is none in it. Schemes are spelled in any case (RFC 9110). */
function tokenIn(header: string): string | null {
  const [, scheme = '', credentials = ''] = /^(bearer|basic) +(\S+) *$/i.exec(header) ?? []
  if (scheme.toLowerCase() === 'bearer') return credentials
  if (scheme === '') return null
  const pair = Buffer.from(credentials, 'base64').toString('utf8')
  const colon = pair.indexOf(':')
  return colon < 0 ? null : pair.slice(colon + 1)
}
