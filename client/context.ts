import type { Output } from './output.js'
import { whereIsTemporal, type Where } from './where.js'

export interface GlobalOptions {
  readonly json?: boolean
  readonly address?: string
  readonly namespace?: string
}

/** What every command gets: where it stands, whom it speaks to, and how it answers. */
export interface Context {
  readonly output: Output
  /** The folder the command was typed in. */
  readonly folder: string
  readonly env: NodeJS.ProcessEnv
  readonly options: GlobalOptions
  where(): Where
}

export function makeContext(output: Output, options: GlobalOptions, env: NodeJS.ProcessEnv, folder: string): Context {
  return { output, folder, env, options, where: () => whereIsTemporal(options, env, folder) }
}
