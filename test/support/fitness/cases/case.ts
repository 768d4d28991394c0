import type { FitnessCheck, FitnessState } from '../../../../core/fitness.js'
import type { Cluster } from '../cluster.js'
import type { Asking } from '../judged.js'
import type { World } from '../world.js'

/** A state of a check that is made for real, and how it is told. */
export interface FitnessCase {
  readonly check: FitnessCheck
  readonly state: FitnessState
  /** Goes on after the check's name. */
  readonly title: string
  readonly evidence: RegExp
  /** Makes the state; says what is asked otherwise, and what takes the state back. Absent: it is there already. */
  readonly make?: (world: World) => Promise<Made>
}

export interface Made {
  readonly asking?: Asking
  readonly undo?: () => Promise<unknown>
}

/** The server that is as initdb left it. */
export const ofPlain = async ({ plain }: World): Promise<Made> => ({ asking: { target: plain.url() } })

/** One statement on the target that is fit, and the one that takes it back. */
export const changed =
  (sql: string, back: string) =>
  async ({ fit }: World): Promise<Made> => {
    await fit.sql(sql, 'shop')
    return { undo: () => fit.sql(back, 'shop') }
  }

/** A setting of the server that needs no restart: made, and waited for. */
export const withSetting =
  (name: string, value: string) =>
  async ({ fit }: World): Promise<Made> => {
    await set(fit, name, value)
    return { undo: () => set(fit, name, null) }
  }

export async function set(cluster: Cluster, name: string, value: string | null): Promise<void> {
  await cluster.sql(`alter system ${value === null ? `reset ${name}` : `set ${name} to '${value}'`}`)
  await cluster.sql('select pg_reload_conf()')
}
