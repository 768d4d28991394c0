import type { Context } from './context.js'
import { describeRetry } from '../core/health.js'
import { readApi, type ReadApi } from './read-api.js'
import { connectTemporal, explainTemporal, type Temporal } from './temporal.js'
import type { WaitOptions } from './waiting.js'

export interface Session {
  readonly temporal: Temporal
  readonly api: ReadApi
  /** Tells what is being retried while a command waits for an answer. */
  readonly wait: WaitOptions
}

/** Connects and works; errors of Temporal's client come out in the words of a person. */
export async function withTemporal<T>(context: Context, work: (session: Session) => Promise<T>): Promise<T> {
  const temporal = await connectTemporal(context.where(), context.env)
  try {
    return await work({ temporal, api: readApi(context.env, context.folder), wait: sayRetries(context) })
  } catch (error) {
    throw explainTemporal(temporal.where, error)
  }
}

function sayRetries(context: Context): WaitOptions {
  const said = new Set<string>()
  return {
    onHealth: (health) => {
      for (const retry of health.retrying) {
        const key = `${retry.activity} ${retry.attempt}`
        if (!said.has(key)) context.output.note(describeRetry(retry, Date.now()))
        said.add(key)
      }
    },
  }
}
