import type { Config, HooksConfig, PublishConfig, ScheduleConfig } from './types.js'

/** What holds where a config says nothing. */
export const DEFAULT_PUBLISH: PublishConfig = {
  mode: null,
  keep: 1,
  create: { owner: null, locale: null, grants: [] },
}

/** Of versions that were stored before there were generations. */
export const BUILT_IN_PLACE: PublishConfig = { ...DEFAULT_PUBLISH, mode: 'in-place' }

/** How what a run built becomes what people use. `mode` null: aside where the account is able to, else in place. */
export const publishOf = (config: Pick<Config, 'publish'>): PublishConfig => config.publish ?? BUILT_IN_PLACE

/** When nights begin by themselves; null: the config leaves it to people. */
export const scheduleOf = (config: Pick<Config, 'schedule'>): ScheduleConfig | null => config.schedule ?? null

/** What CI and developers get of each generation, by name; empty: the generation itself is published. */
export const copiesOf = (config: Pick<Config, 'copies'>): NonNullable<Config['copies']> => config.copies ?? {}

export const hooksOf = (config: Pick<Config, 'hooks'>): HooksConfig => config.hooks ?? {}

/** The command that prints the bytes that are free for databases; null: only SQL is asked. */
export const freeSpaceOf = ({ target }: Pick<Config, 'target'>): readonly string[] | null => target.freeSpace ?? null

/** A connection as the application's own role; null: none is named. */
export const applicationOf = ({ target }: Pick<Config, 'target'>): string | null => target.application ?? null

/** The command that restores the last backup and reads it; null: there is none. */
export const restoreTestOf = ({ target }: Pick<Config, 'target'>): readonly string[] | null =>
  target.restoreTest ?? null
