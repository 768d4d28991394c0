import type { FitnessResult } from '../fitness.js'
import type { Setting } from './facts.js'
import type { Asked } from './gathered.js'

/** What a check found; its name is put in front by the judge. */
export type Found = Omit<FitnessResult, 'check'>

export const green = (evidence: string): Found => ({ state: 'green', evidence, remedy: null })
export const red = (evidence: string, remedy: string): Found => ({ state: 'red', evidence, remedy })
export const unknown = (evidence: string, remedy: string): Found => ({ state: 'unknown', evidence, remedy })

/** Judges an answer; where there is none, the check is unknown for that reason. */
export const judging = <T>(asked: Asked<T>, judge: (facts: T) => Found): Found =>
  asked.told ? judge(asked.facts) : unknown(asked.why, asked.remedy)

export const MONITOR = 'Let the account see it: `GRANT pg_monitor TO ...`, then ask again.'

/** What sets it; where the server's start command says it, nothing but that command does. */
export const changing = (name: string, setting: Setting | null, to: string, remedy: string): string =>
  setting?.fixed === true
    ? `The server's start command sets it (\`-c ${name}=${setting.value}\`), which goes before every file and ALTER SYSTEM: remove it there or make it ${to}, and restart the server.`
    : remedy

const MOST_NAMED = 5

/** The first ones, and how many more. */
export const someOf = (names: readonly string[]): string =>
  names.length <= MOST_NAMED
    ? names.join(', ')
    : `${names.slice(0, MOST_NAMED).join(', ')} and ${names.length - MOST_NAMED} more`
