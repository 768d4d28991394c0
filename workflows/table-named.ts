import type { Entity } from './entity.js'
import { refused } from './failures.js'
import { control, named } from './steps.js'

/** The source's name of a table of the version that runs, or of the newest, however a person spelled it; notes its ordinal. */
export async function tableNamed(entity: Entity, name: string): Promise<string> {
  const { migration, target, versions, running } = entity
  const version = running?.version ?? versions.at(-1)?.number
  if (target === null || version === undefined)
    throw refused('No version is applied yet: there is no table', 'Apply a config first: `nightferry apply FILE`.')
  const { found } = await named(control.findTables, `which table is ${name}?`, {
    migration,
    target,
    version,
    names: [name],
  })
  const [table] = found
  if (table === undefined)
    throw refused(`Version ${version} has no table ${name}`, `\`nightferry report ${migration}\` lists them.`)
  entity.ordinals = { ...entity.ordinals, [table.name]: table.ordinal }
  return table.name
}
