import { ident } from '../quote.js'
import { grantings, type Entry, type Granting } from './acl.js'
import { DEFAULTS_OF, readContents, type Contents, type DefaultPrivileges, type Thing } from './objects.js'
import type { Session } from './place.js'
import { perform } from './rights.js'

/**
 * Owners, privileges and default privileges of `from` for what has the same name here. What is here alone gets what the
 * default privileges of `from` would have given it. Call it in a transaction; a repeat finds nothing to do.
 */
export async function carryContents(session: Session, from: Contents): Promise<void> {
  for (const sql of ownerChanges(await readContents(session), from)) await session.give(sql)
  const here = await readContents(session)
  const schemas = new Set(here.things.map((thing) => thing.schema))
  const defaults = from.defaults.filter((one) => one.schema === null || schemas.has(one.schema))
  await perform(session, [...thingGrants(here, from), ...defaultGrants(here.defaults, defaults)])
}

const idOf = (thing: Pick<Thing, 'kind' | 'name'>): string => `${thing.kind} ${thing.name}`

function ownerChanges(here: Contents, from: Contents): string[] {
  const known = new Map(from.things.map((thing) => [idOf(thing), thing]))
  return here.things.flatMap((thing) => {
    const model = known.get(idOf(thing))
    if (!model || model.above || thing.linked || model.owner === thing.owner) return []
    return [`ALTER ${idOf(thing)} OWNER TO ${ident(model.owner)}`]
  })
}

function thingGrants(here: Contents, from: Contents): Granting[] {
  const known = new Map(from.things.map((thing) => [idOf(thing), thing]))
  return here.things.flatMap((thing) => {
    const model = known.get(idOf(thing))
    const wanted = model?.entries ?? newEntries(thing, from.defaults)
    const { statements, cleared } = grantings({ object: idOf(thing), owner: thing.owner }, thing.entries, wanted)
    return [...statements, ...(model ? columnGrants(thing, here, from, cleared) : [])]
  })
}

/** A REVOKE of all on a table takes the columns' privileges with it. */
function columnGrants(thing: Thing, here: Contents, from: Contents, cleared: boolean): Granting[] {
  if (thing.kind !== 'TABLE') return []
  const of = (contents: Contents): Map<string, readonly Entry[]> =>
    new Map(contents.columns.filter((one) => one.table === thing.name).map((one) => [one.column, one.entries]))
  const now = cleared ? new Map<string, readonly Entry[]>() : of(here)
  const wanted = of(from)
  return [...new Set([...now.keys(), ...wanted.keys()])].flatMap((column) => {
    const on = { object: idOf(thing), owner: thing.owner, column }
    return grantings(on, now.get(column) ?? [], wanted.get(column) ?? []).statements
  })
}

const LETTER: Readonly<Record<Thing['kind'], DefaultPrivileges['kind']>> = {
  SCHEMA: 'n',
  TABLE: 'r',
  SEQUENCE: 'S',
  TYPE: 'T',
  ROUTINE: 'f',
}

/** As PostgreSQL would have it, had the default privileges been there before the object. */
function newEntries(thing: Thing, defaults: readonly DefaultPrivileges[]): readonly Entry[] {
  const of = (schema: string | null): readonly Entry[] | undefined =>
    defaults.find((one) => one.role === thing.owner && one.kind === LETTER[thing.kind] && one.schema === schema)
      ?.entries
  const inSchema = thing.kind === 'SCHEMA' ? [] : (of(thing.schema) ?? [])
  // What a repeat finds has both already.
  const usual = of(null) ?? thing.entries.filter((entry) => !inSchema.some((one) => same(one, entry)))
  return [...usual, ...inSchema.filter((entry) => !usual.some((one) => same(one, entry)))]
}

const same = (one: Entry, other: Entry): boolean =>
  one.by === other.by && one.to === other.to && one.may === other.may && one.grantable === other.grantable

function defaultGrants(here: readonly DefaultPrivileges[], from: readonly DefaultPrivileges[]): Granting[] {
  const find = (list: readonly DefaultPrivileges[], one: DefaultPrivileges): DefaultPrivileges | undefined =>
    list.find((other) => other.role === one.role && other.schema === one.schema && other.kind === one.kind)
  const extra = here.filter((one) => !find(from, one)).map((one) => ({ one, wanted: one.usual }))
  return [...extra, ...from.map((one) => ({ one, wanted: one.entries }))].flatMap(({ one, wanted }) => {
    const now = find(here, one)?.entries ?? one.usual
    const scope = one.schema === null ? '' : ` IN SCHEMA ${ident(one.schema)}`
    const words = grantings({ object: DEFAULTS_OF[one.kind], owner: one.role }, now, wanted).statements
    return words.map(({ sql }) => ({
      as: null,
      sql: `ALTER DEFAULT PRIVILEGES FOR ROLE ${ident(one.role)}${scope} ${sql.replace(/ CASCADE$/, '')}`,
    }))
  })
}
