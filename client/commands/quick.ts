import { setTimeout as delay } from 'node:timers/promises'
import type { Config } from '../../core/config/types.js'
import type { MigrationStatus } from '../../core/status.js'
import { makeContext, type Context } from '../context.js'
import { ensureEntity } from '../entity.js'
import { EXIT, type ExitCode } from '../exit-codes.js'
import { readUpState } from '../folder.js'
import { interruptible, orInterrupted } from '../interrupt.js'
import { Problem } from '../problem.js'
import { connectionFile, writeConnection } from '../quick/connections.js'
import { findPassword } from '../quick/passwords.js'
import { migrationName, quickConfig, settle, type Settled } from '../quick/settings.js'
import { completed, readUrl, urlText, type TypedUrl } from '../quick/url.js'
import { withTemporal, type Session } from '../session.js'
import { holderOf, startMachine, type Machine } from '../up/machine.js'
import { followRun, startRun } from './run.js'

/**
 * `quick`: from two URLs to the report of one run. Joins the `up` of this folder, or starts one and ends it again.
 * Ctrl-C keeps the run where it was: exit 4, and the same command goes on with it.
 */
export async function quick(context: Context, sourceText: string, targetText: string): Promise<ExitCode> {
  const [source, target] = readBoth(context, sourceText, targetText)
  const migration = migrationName(source.database ?? '')
  const putBack = await writeBoth(context, migration, source, target)
  let settled: Settled
  try {
    settled = settle(context.folder, quickConfig(migration, target.database ?? ''))
  } catch (error) {
    putBack()
    throw error
  }
  if (settled.theirs) context.output.note(`${settled.file} is there already and is run as it is.`)
  let begun = false
  try {
    return await onMachine(context, async (there, signal) => {
      const follow = await begin(there, settled.config, signal)
      begun = true
      sayWritten(context, migration, settled)
      const code = await follow(signal)
      if (code === EXIT.done) sayNext(there, settled)
      return code
    })
  } finally {
    // A typing error is corrected by typing again: nothing of it may stand in the way.
    if (!begun) {
      putBack()
      settled.takeBack()
    }
  }
}

function readBoth({ env }: Context, sourceText: string, targetText: string): [TypedUrl, TypedUrl] {
  const source = readUrl('source', sourceText)
  const target = readUrl('target', targetText)
  const { database } = source
  if (database === null)
    throw new Problem(EXIT.usage, 'the source URL names no database', 'Write it at its end: mysql://app@db1/shop.')
  return [completed(source, env, database), completed(target, env, target.database ?? database)]
}

/** Returns how to put back what was there. */
async function writeBoth(context: Context, migration: string, source: TypedUrl, target: TypedUrl): Promise<() => void> {
  const done: (() => void)[] = []
  const putBack = (): void => done.forEach((undo) => undo())
  try {
    for (const [url, name] of [
      [source, `${migration}-mysql`],
      [target, `${migration}-pg`],
    ] as const) {
      const password = await findPassword(url, context.env, context.output)
      const connection = { name, url: urlText(url, password), shown: urlText(url, null) }
      done.push(writeConnection(context.folder, connection, context.env))
    }
    return putBack
  } catch (error) {
    putBack()
    throw error
  }
}

function sayWritten({ output }: Context, migration: string, { file, theirs }: Settled): void {
  const files = ['mysql', 'pg'].map((end) => connectionFile(`${migration}-${end}`)).join(' and ')
  output.note(`Connections, passwords included, are in ${files}, readable by you only.`)
  if (!theirs) output.note(`What is run is in ${file}.`)
}

function sayNext({ output, folder }: Context, { file }: Settled): void {
  const up = readUpState(folder)?.up.pid === process.pid ? '`nightferry up` in this folder, then ' : ''
  output.note(`The next run: the same command, or ${up}\`nightferry run ${file}\`.`)
}

/** Applies and starts a run, or finds the one that was left; returns how to follow it. */
async function begin(
  there: Context,
  config: Config,
  signal: AbortSignal,
): Promise<(signal: AbortSignal) => Promise<ExitCode>> {
  const { migration } = config
  const target = { connection: config.target.connection, database: config.target.database }
  const started = await withTemporal(there, async (session) => {
    const { running } = await orInterrupted(signal, withoutApply(there, session, migration))
    if (running === null) return await startRun(there, session, config, signal)
    there.output.note(`Run ${running.run} goes on where it was.`)
    return running
  })
  const followed = { migration, run: started.run, workflowId: started.workflowId, target }
  return async (signal) =>
    await withTemporal(there, async (session) => await followRun(there, session, followed, signal, LEFT))
}

/** The entity's status once no apply is under way: one that broke off with its worker goes on with ours, and ends. */
async function withoutApply({ output }: Context, { temporal }: Session, migration: string): Promise<MigrationStatus> {
  let status = await ensureEntity(temporal, migration)
  if (status.applying) output.note('An apply that was under way goes on first.')
  while (status.applying) {
    await delay(500)
    status = await ensureEntity(temporal, migration)
  }
  return status
}

const LEFT = (run: string): string => `run ${run} is not over; the same command goes on where it was`

async function onMachine(
  context: Context,
  work: (there: Context, signal: AbortSignal) => Promise<ExitCode>,
): Promise<ExitCode> {
  return await interruptible(async (signal) => {
    const { output, options, env, folder } = context
    const childEnv = options.address === undefined ? env : { ...env, TEMPORAL_ADDRESS: options.address }
    const machine: Machine | null = await startMachine({ folder, env: childEnv, say: output.note, signal })
    try {
      const { address, namespace } = machine?.temporal ?? joined(context)
      return await work(makeContext(output, { ...options, address, namespace }, env, folder), signal)
    } finally {
      await machine?.stop()
    }
  })
}

function joined({ folder, output }: Context): Machine['temporal'] {
  const up = readUpState(folder)
  if (up === null)
    throw new Problem(
      EXIT.refused,
      `process ${holderOf(folder) ?? 'unknown'} is about to be the \`up\` of this folder, but is not ready`,
      'Try again in a moment.',
    )
  output.note('Joins the `up` of this folder.')
  return up.temporal
}
