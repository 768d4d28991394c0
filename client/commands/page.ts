import { API_ROUTES } from '../../core/api.js'
import { lastBegun } from '../../core/run.js'
import type { Context } from '../context.js'
import { EXIT, type ExitCode } from '../exit-codes.js'
import { findApi } from '../read-api.js'
import { withTemporal } from '../session.js'
import { knownMigration } from './known.js'

/** `page`: where to look with a browser, at all migrations or at the last run of one. It never shows the token itself. */
export async function page(context: Context, migration: string | undefined): Promise<ExitCode> {
  const { output, env, folder } = context
  const { url } = findApi(env, folder)
  const address = new URL(await pathOf(context, migration), url).href
  output.text(`${output.paint('bold', address)}\nLog in with any user name; the password is ${whereTokenIs(env)}.`)
  output.document({ format: 1, address, passwordFrom: passwordFrom(env) })
  return EXIT.done
}

async function pathOf(context: Context, migration: string | undefined): Promise<string> {
  if (migration === undefined) return API_ROUTES.page()
  const { running, runs } = await withTemporal(context, async (session) => await knownMigration(session, migration))
  const run = running ?? lastBegun(runs)
  return run === undefined ? API_ROUTES.page() : API_ROUTES.runPage(migration, run.run)
}

/** Where a program finds the password; never it itself. */
export const passwordFrom = (
  env: NodeJS.ProcessEnv,
): { readonly env: string } | { readonly file: string; readonly key: string } =>
  env[VARIABLE] ? { env: VARIABLE } : { file: FILE, key: KEY }

const [VARIABLE, FILE, KEY] = ['NIGHTFERRY_API_TOKEN', '.nightferry/api.json', 'token'] as const

/** In words; whoever gave the worker a token has it, and it is not written down. */
export const whereTokenIs = (env: NodeJS.ProcessEnv): string => (env[VARIABLE] ? VARIABLE : `\`${KEY}\` in ${FILE}`)
