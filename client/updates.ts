import { userInfo } from 'node:os'
import { WorkflowUpdateFailedError, WorkflowUpdateRPCTimeoutOrCancelledError } from '@temporalio/client'
import { ApplicationFailure } from '@temporalio/common'
import type { Config } from '../core/config/types.js'
import { migrationWorkflowId, UPDATES } from '../core/names.js'
import type {
  ApplyAnswer,
  ApplyRequest,
  ProveAnswer,
  ProveRequest,
  Request,
  StartRunAnswer,
  StartRunRequest,
} from '../workflows/messages.js'
import { EXIT } from './exit-codes.js'
import { Problem } from './problem.js'
import { explainTemporal, within, type Temporal } from './temporal.js'
import { waitFor, type WaitOptions } from './waiting.js'

/** An update that no worker took within this time is refused by the entity when one comes. */
const EXPIRES_MS = 60_000
const ACCEPT_MS = 15_000

/** Stores the config as the next version, or finds that it is the applied one. A repeat changes nothing. */
export async function sendApply(temporal: Temporal, config: Config, options?: WaitOptions): Promise<ApplyAnswer> {
  return await send<ApplyRequest, ApplyAnswer>(temporal, config.migration, UPDATES.apply, { config }, options)
}

/** Starts a run of a version, with or without a deadline. Refused while another run is under way. */
export async function sendStartRun(
  temporal: Temporal,
  migration: string,
  asked: Omit<StartRunRequest, keyof Request>,
  options?: WaitOptions,
): Promise<StartRunAnswer> {
  return await send<StartRunRequest, StartRunAnswer>(temporal, migration, UPDATES.startRun, asked, options)
}

/** Starts a proof of a run. Refused while a run or another proof is under way. */
export async function sendVerify(
  temporal: Temporal,
  migration: string,
  asked: Omit<ProveRequest, keyof Request>,
  options?: WaitOptions,
): Promise<ProveAnswer> {
  return await send<ProveRequest, ProveAnswer>(temporal, migration, UPDATES.verify, asked, options)
}

/** Starts a repair of a run. Refused while a run or a proof is under way. */
export async function sendRepair(
  temporal: Temporal,
  migration: string,
  asked: Omit<ProveRequest, keyof Request>,
  options?: WaitOptions,
): Promise<ProveAnswer> {
  return await send<ProveRequest, ProveAnswer>(temporal, migration, UPDATES.repair, asked, options)
}

export interface SendOptions extends WaitOptions {
  /** Who asks; else the user of the operating system. */
  readonly by?: string
}

/** Sends an update to the entity and waits for its answer; what is refused comes out as a Problem. */
export async function send<Asked extends Request, Answer>(
  temporal: Temporal,
  migration: string,
  update: string,
  request: Omit<Asked, keyof Request>,
  options: SendOptions = {},
): Promise<Answer> {
  const workflowId = migrationWorkflowId(migration)
  const expires = Date.now() + EXPIRES_MS
  const args = [{ ...request, by: options.by ?? whoAmI(), expires }] as [Asked]
  try {
    const handle = await within(
      temporal,
      ACCEPT_MS,
      async () =>
        await temporal.client.workflow
          .getHandle(workflowId)
          .startUpdate<Answer, [Asked]>(update, { args, waitForStage: 'ACCEPTED' }),
    )
    return await waitFor(temporal, workflowId, handle.result(), options)
  } catch (error) {
    throw explainUpdate(temporal, migration, update, expires, error)
  }
}

function explainUpdate(
  temporal: Temporal,
  migration: string,
  update: string,
  expires: number,
  error: unknown,
): unknown {
  if (error instanceof WorkflowUpdateFailedError) return refusal(error.cause ?? error)
  if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError)
    return new Problem(
      EXIT.unreachable,
      `${update} of ${migration} was sent, but nothing answered in time`,
      `It may still take effect until ${new Date(expires).toISOString()}; see \`nightferry status ${migration}\`.`,
      { cause: error },
    )
  return explainTemporal(temporal.where, error)
}

// A run would wait for the server; whoever sits at a terminal was told after three tries.
const GAVE_UP = 'Check host, port and firewall, and that the server runs; then try again. Nothing was changed.'

/**
 * What an entity or an activity refused: its message, and the remedy that it carries in its details. `document.ref`:
 * of the findings, for the read API.
 */
export function refusal(error: unknown): Problem {
  const failure = deepestApplicationFailure(error)
  const message = failure?.message ?? (error instanceof Error ? error.message : String(error))
  const details = failure?.details?.[0] as { remedy?: unknown; ref?: unknown } | undefined
  const told = typeof details?.remedy === 'string' && details.remedy ? details.remedy : 'Nothing was changed.'
  const remedy = failure?.type?.endsWith('-unreachable') ? GAVE_UP : told
  const document = typeof details?.ref === 'string' ? { ref: details.ref } : {}
  return new Problem(EXIT.refused, message, remedy, { cause: error, document })
}

/** Activity and child failures wrap what was thrown. */
function deepestApplicationFailure(error: unknown): ApplicationFailure | null {
  let found: ApplicationFailure | null = null
  for (let at = error; at instanceof Error; at = at.cause) if (at instanceof ApplicationFailure) found = at
  return found
}

/** The user of the operating system. */
export function whoAmI(): string {
  try {
    return userInfo().username
  } catch {
    // A container's user without an entry in passwd.
    return process.env['USER'] ?? `uid ${process.getuid?.() ?? '?'}`
  }
}
