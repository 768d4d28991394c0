import { plural } from '../numbers.js'
import { quoteName } from '../sql-text.js'
import type { ApplicationFacts, Lacking } from './facts.js'
import { someOf } from './result.js'

/** `app lacks SELECT, INSERT on 2 objects: table public.a, table public.b`; of each set of privileges once. */
export function lackingWords(role: string, lacking: readonly Lacking[]): string[] {
  const groups = new Map<string, string[]>()
  for (const { object, privileges } of lacking) {
    const words = privileges.join(', ')
    groups.set(words, [...(groups.get(words) ?? []), object])
  }
  const said = [...groups].map(
    ([privileges, objects]) =>
      `${privileges} on ${objects.length === 1 ? objects[0]! : `${plural(objects.length, 'object')}: ${someOf(objects)}`}`,
  )
  return said.length === 0 ? [] : [`${role} lacks ${said.join('; ')}`]
}

const KINDS = ['schema', 'table', 'sequence'] as const
type Kind = (typeof KINDS)[number]

/**
 * What gives it, in as few statements as there can be. Generations take what the published database has, by name; what
 * is new in one gets what its default privileges say.
 */
export function grantsRemedy({ role, schema, owner, lacking }: ApplicationFacts): string {
  const of = (kind: Kind): readonly Lacking[] => lacking.filter(({ object }) => object.startsWith(`${kind} `))
  const to = `TO ${quoteName(role)}`
  const now = KINDS.flatMap((kind) => {
    const some = of(kind)
    if (some.length === 0) return []
    const on = some.length === 1 ? some[0]!.object : `ALL ${kind.toUpperCase()}S IN SCHEMA ${schema}`
    return [`GRANT ${privilegesOf(some)} ON ${on} ${to};`]
  })
  const later = (['table', 'sequence'] as const).flatMap((kind) => {
    const some = of(kind)
    if (some.length < 2 || owner === null) return []
    const what = `GRANT ${privilegesOf(some)} ON ${kind.toUpperCase()}S ${to};`
    return [`ALTER DEFAULT PRIVILEGES FOR ROLE ${owner} IN SCHEMA ${schema} ${what}`]
  })
  const first = `In the published database: \`${now.join(' ')}\``
  if (later.length === 0) return `${first} (each new generation takes it over).`
  return `${first}, and for tables that come later \`${later.join(' ')}\` (each new generation takes both over).`
}

const privilegesOf = (some: readonly Lacking[]): string =>
  [...new Set(some.flatMap(({ privileges }) => privileges))].join(', ')
