import { SIGNALS, migrationWorkflowId, UPDATES } from '../core/names.js'
import type {
  AbortAnswer,
  AbortRequest,
  HoldAnswer,
  PauseRequest,
  Request,
  ResumeRequest,
  RetryAnswer,
  RetryRequest,
  SetAnswer,
  SetRequest,
  SkipAnswer,
  SkipRequest,
  WaiveAnswer,
  WaiveRequest,
} from '../workflows/messages.js'
import { explainTemporal, within, type Temporal } from './temporal.js'
import { send, type SendOptions, whoAmI } from './updates.js'

type Asked<T extends Request> = Omit<T, keyof Request>

/** Holds the migration, or one table of it. The same person's hold of the same thing gets the new reason. */
export const sendPause = async (
  temporal: Temporal,
  migration: string,
  asked: Asked<PauseRequest>,
  options: SendOptions,
): Promise<HoldAnswer> => await send<PauseRequest, HoldAnswer>(temporal, migration, UPDATES.pause, asked, options)

/** Lifts one's own holds, or one by its id. Refused where there is none. */
export const sendResume = async (
  temporal: Temporal,
  migration: string,
  asked: Asked<ResumeRequest>,
  options: SendOptions,
): Promise<HoldAnswer> => await send<ResumeRequest, HoldAnswer>(temporal, migration, UPDATES.resume, asked, options)

/** Starts a new execution for tables that stopped. Refused while something is under way. */
export const sendRetry = async (
  temporal: Temporal,
  migration: string,
  asked: Asked<RetryRequest>,
  options: SendOptions,
): Promise<RetryAnswer> => await send<RetryRequest, RetryAnswer>(temporal, migration, UPDATES.retry, asked, options)

/** Leaves a table that stopped out of its run. */
export const sendSkip = async (
  temporal: Temporal,
  migration: string,
  asked: Asked<SkipRequest>,
  options: SendOptions,
): Promise<SkipAnswer> => await send<SkipRequest, SkipAnswer>(temporal, migration, UPDATES.skip, asked, options)

/** Ends what is under way; what it did stays. */
export const sendAbort = async (
  temporal: Temporal,
  migration: string,
  asked: Asked<AbortRequest>,
  options: SendOptions,
): Promise<AbortAnswer> => await send<AbortRequest, AbortAnswer>(temporal, migration, UPDATES.abort, asked, options)

/** Turns knobs until the next apply. */
export const sendSet = async (
  temporal: Temporal,
  migration: string,
  asked: Asked<SetRequest>,
  options: SendOptions,
): Promise<SetAnswer> => await send<SetRequest, SetAnswer>(temporal, migration, UPDATES.set, asked, options)

/** Keeps a waiver of a check of the target's fitness, or takes it back. */
export const sendWaive = async (
  temporal: Temporal,
  migration: string,
  asked: Asked<WaiveRequest>,
  options: SendOptions,
): Promise<WaiveAnswer> => await send<WaiveRequest, WaiveAnswer>(temporal, migration, UPDATES.waive, asked, options)

const SIGNAL_MS = 3000

/** The same word as a plain signal: Temporal keeps it until a worker comes, and nobody answers. */
export async function signalHold(
  temporal: Temporal,
  migration: string,
  signal: 'pause' | 'resume',
  asked: Asked<PauseRequest> & Partial<Asked<ResumeRequest>>,
  { by = whoAmI() }: SendOptions,
): Promise<void> {
  const handle = temporal.client.workflow.getHandle(migrationWorkflowId(migration))
  try {
    await within(temporal, SIGNAL_MS, async () => await handle.signal(SIGNALS[signal], { by, ...asked }))
  } catch (error) {
    throw explainTemporal(temporal.where, error)
  }
}
