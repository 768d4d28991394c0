import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { Failure } from '../../core/failure.js'
import type { HookCall } from '../../core/hooks.js'
import { runSql, type SqlScript } from '../../databases/postgres/run-sql.js'
import { urlOf } from '../connections.js'
import type { Place, Ran } from './place.js'
import { retrying, type Attempted } from './retrying.js'

/** Runs a file in the target database, in one transaction; throws `Failure`, or the signal's reason. */
export async function sqlHook(place: Place, file: string, call: HookCall, signal: AbortSignal): Promise<Ran> {
  const { runMs, backoff } = place.limits
  const { target, payload } = call
  const { migration, run, moment } = payload
  const script: SqlScript = {
    name: file,
    text: await readSql(place.home, file),
    schema: target.schema,
    settings: { migration, run, moment, payload: JSON.stringify(payload) },
  }
  const url = urlOf(target.connection, place.variables, place.home)
  const time = AbortSignal.timeout(runMs)
  const either = AbortSignal.any([signal, time])
  try {
    await retrying(backoff, either, async (): Promise<Attempted<true>> => {
      try {
        await runSql(url, target.connection, target.database, script, either)
        return { done: true }
      } catch (error) {
        if (!(error instanceof Failure)) throw error
        return { failed: error, again: error.policy === 'retry' }
      }
    })
    return { what: 'was committed', output: '' }
  } catch (error) {
    if (signal.aborted || !time.aborted) throw error
    throw new Failure('hook-failed', `took longer than ${runMs / 1000} s`, {
      remedy: 'It was rolled back. Make it shorter, or start what is long by a command that does not wait for it.',
    })
  }
}

/** Throws `hook-failed`, with where it is looked for. */
export async function readSql(home: string, file: string): Promise<string> {
  try {
    return await readFile(resolve(home, file), 'utf8')
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unreadable'
    throw new Failure('hook-failed', `the worker cannot read the file (${code})`, {
      remedy: "It is looked for from the control worker's NIGHTFERRY_HOME, or the folder that it was started in.",
    })
  }
}
