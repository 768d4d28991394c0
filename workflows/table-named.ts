import type { Entity } from './entity.js'
import { refused } from './failures.js'
import { control, named } from './steps.js'

/**
 * The source's name of a table of the version that runs or is proved, or of the newest, however a person spelled it; notes
 * its ordinal.
 */
export async function tableNamed(entity: Entity, name: string): Promise<string> {
  const { migration, target } = entity
  const version = versionOf(entity)
  if (target === null || version === undefined)
    throw refused('No version is applied yet: there is no table', 'Apply a config first: `nightferry apply FILE`.')
  const { found } = await named(control.findTables, `which table is ${name}?`, {
    migration,
    target,
    version,
    names: [name],
  })
  // Something of another version has begun meanwhile: there its ordinal may be another one.
  if (versionOf(entity) !== version) return await tableNamed(entity, name)
  const [table] = found
  if (table === undefined)
    throw refused(`Version ${version} has no table ${name}`, `\`nightferry report ${migration}\` lists them.`)
  entity.ordinals = { ...entity.ordinals, [table.name]: table.ordinal }
  return table.name
}

const versionOf = ({ running, proving, versions }: Entity): number | undefined =>
  running?.version ?? proving?.version ?? versions.at(-1)?.number
