/** `1%`, `0.5%`, `100%`, or the words `all` and `none`. */
export const SHARE_PATTERN = /^(?:(\d+(?:\.\d+)?) ?%|all|none)$/

/** A share from 0 to 1 as a person writes it; null where it is none. */
export function parseShare(text: string): number | null {
  const match = SHARE_PATTERN.exec(text.trim())
  if (!match) return null
  if (match[1] === undefined) return match[0] === 'all' ? 1 : 0
  const share = Number(match[1]) / 100
  return share <= 1 ? share : null
}

/** A spelling that parses to exactly this share: `1%`, `0.5%`. */
export const formatShare = (share: number): string => `${Number((share * 100).toPrecision(12))}%`
