import { MOST_WHY } from '../../core/hold.js'
import { EXIT } from '../exit-codes.js'
import { Problem } from '../problem.js'
import { whoAmI } from '../updates.js'

export interface PersonOptions {
  readonly by?: string
}

/** Who stands in the audit trail. */
export const asPerson = ({ by }: PersonOptions): string => (by === undefined ? whoAmI() : checked('--by', by, 100))

export const asReason = (reason: string): string => checked('--reason', reason, MOST_WHY)

function checked(option: string, typed: string, most: number): string {
  const text = typed.trim()
  if (text !== '' && text.length <= most) return text
  throw new Problem(EXIT.usage, `${option} is a text of 1 to ${most} characters`, `This one has ${text.length}.`)
}
