import { Failure } from '../../core/failure.js'
import { hookVariables, type HookCall } from '../../core/hooks.js'
import type { Log } from '../../core/log.js'
import { runCommand, type CommandEnd } from './command.js'
import type { Place, Ran } from './place.js'

/** Runs a program with the payload on its stdin; throws `hook-failed` unless it ends with 0, and the signal's reason. */
export async function programHook(
  place: Place,
  command: readonly string[],
  { payload }: HookCall,
  signal: AbortSignal,
): Promise<Ran> {
  const input = `${JSON.stringify(payload)}\n`
  return await endedWell(place, command, { input, more: hookVariables(payload), timeoutMs: place.limits.runMs }, signal)
}

/** Runs a program; throws `hook-failed` unless it ends with 0 in time, and the signal's reason. */
export async function endedWell(
  place: Place,
  command: readonly string[],
  asked: Asked,
  signal: AbortSignal,
): Promise<Ran> {
  const end = await run(place, command, asked, signal)
  const problem = problemOf(end, asked.timeoutMs)
  if (problem === null) return { what: 'ended with exit code 0', output: end.tail }
  throw new Failure('hook-failed', problem, {
    remedy: "The last of its output lies in .nightferry/hooks, in the control worker's NIGHTFERRY_HOME.",
    private: { reason: end.tail },
  })
}

/** The bytes that a program prints; null where it fails or prints something else, which the log says. */
export async function freeBytes(
  place: Place,
  command: readonly string[],
  log: Log,
  signal: AbortSignal,
): Promise<number | null> {
  const timeoutMs = place.limits.freeSpaceMs
  const unknown = (why: string): null => {
    log('the free space of the target is not known', { reason: `${command[0]} ${why}` })
    return null
  }
  try {
    const end = await run(place, command, { input: '', more: {}, timeoutMs }, signal)
    const problem = problemOf(end, timeoutMs)
    if (problem !== null) return unknown(problem)
    const text = end.out.trim()
    // Up to 999 terabytes, far below what a number holds.
    return /^\d{1,15}$/.test(text) ? Number(text) : unknown('printed no number of bytes')
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    return unknown(error.message)
  }
}

interface Asked {
  /** What it gets on its stdin. */
  readonly input: string
  /** Variables beside the worker's own. */
  readonly more: Readonly<Record<string, string>>
  readonly timeoutMs: number
}

async function run(
  { home, limits, variables }: Place,
  command: readonly string[],
  asked: Asked,
  signal: AbortSignal,
): Promise<CommandEnd> {
  const { input, more, timeoutMs } = asked
  const env = { ...withoutSecrets(variables), ...more }
  try {
    return await runCommand({ command, home, env, input, timeoutMs, graceMs: limits.graceMs }, signal)
  } catch (error) {
    signal.throwIfAborted()
    const code = (error as NodeJS.ErrnoException).code
    if (code === undefined) throw error
    throw new Failure('hook-failed', `cannot be started (${code})`, {
      remedy: "Its first word is a program in PATH, or a path from the control worker's NIGHTFERRY_HOME.",
    })
  }
}

/** What the worker was told for itself (URLs, tokens) is no business of a program that it calls. */
export const withoutSecrets = (variables: Place['variables']): Record<string, string | undefined> =>
  Object.fromEntries(Object.entries(variables).filter(([name]) => !/^(NIGHTFERRY|TEMPORAL)_/.test(name)))

function problemOf({ code, signal, late }: CommandEnd, timeoutMs: number): string | null {
  if (late) return `took longer than ${timeoutMs / 1000} s`
  if (code === 0) return null
  return code === null ? `was ended by ${signal}` : `ended with exit code ${code}`
}
