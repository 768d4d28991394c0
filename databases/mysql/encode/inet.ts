import { isIPv4, isIPv6 } from 'node:net'
import type { Output } from './output.js'
import { Refused, shown } from './refused.js'

/** An address in PostgreSQL's spelling, which differs from MariaDB's in IPv6's short forms. */
export function encodeInet(out: Output, bytes: Buffer, from: number, to: number): void {
  const text = bytes.toString('latin1', from, to)
  if (isIPv4(text)) out.ascii(text)
  else if (isIPv6(text) && !text.includes('%')) out.ascii(spellIPv6(wordsOf(text)))
  else {
    const remedy = 'mend the row in the source, or cast the column to text'
    throw new Refused(`${shown(bytes, from, to)} is not an IPv4 or IPv6 address`, remedy)
  }
}

function wordsOf(text: string): number[] {
  const [head, tail] = text.split('::') as [string, string?]
  const left = wordsOfPart(head)
  if (tail === undefined) return left
  const right = wordsOfPart(tail)
  return [...left, ...Array<number>(8 - left.length - right.length).fill(0), ...right]
}

function wordsOfPart(part: string): number[] {
  if (part === '') return []
  return part.split(':').flatMap((word) => {
    if (!word.includes('.')) return [Number.parseInt(word, 16)]
    const [a, b, c, d] = word.split('.').map(Number) as [number, number, number, number]
    return [a * 256 + b, c * 256 + d]
  })
}

/** As inet_net_ntop does it: the first longest run of two zeros or more is `::`, embedded IPv4 is dotted. */
function spellIPv6(words: readonly number[]): string {
  const run = longestZeros(words)
  const dotted = run.start === 0 && (run.length === 6 || (run.length === 5 && words[5] === 0xffff))
  const hex = (list: readonly number[]): string => list.map((w) => w.toString(16)).join(':')
  if (dotted) {
    const [high, low] = words.slice(6) as [number, number]
    const last = [high >> 8, high & 255, low >> 8, low & 255].join('.')
    return run.length === 5 ? `::ffff:${last}` : `::${last}`
  }
  if (run.length < 2) return hex(words)
  return `${hex(words.slice(0, run.start))}::${hex(words.slice(run.start + run.length))}`
}

function longestZeros(words: readonly number[]): { start: number; length: number } {
  let best = { start: -1, length: 0 }
  for (let i = 0; i < 8; i++) {
    let length = 0
    while (words[i + length] === 0) length++
    if (length > best.length) best = { start: i, length }
  }
  return best
}
