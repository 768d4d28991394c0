import { ident } from '../quote.js'

/** One privilege that somebody has. Owners are not named, so that a list holds under another owner, too. */
export interface Entry {
  /** Who granted it; null: the owner. */
  readonly by: string | null
  /** `owner`, `public`, or `role:NAME`. */
  readonly to: string
  readonly may: string
  readonly grantable: boolean
}

/** A GRANT or REVOKE, and the role that it has to be given as; null: the owner, or who may act as the owner. */
export interface Granting {
  readonly as: string | null
  readonly sql: string
}

/** SQL that makes `Entry[]` (json) of an aclitem[] and the oid of an owner. */
export const entriesSql = (acl: string, owner: string): string => `
  (SELECT coalesce(json_agg(json_build_object(
     'by', CASE a.grantor WHEN ${owner} THEN NULL ELSE pg_get_userbyid(a.grantor) END,
     'to', CASE a.grantee WHEN 0 THEN 'public' WHEN ${owner} THEN 'owner' ELSE 'role:' || pg_get_userbyid(a.grantee) END,
     'may', a.privilege_type, 'grantable', a.is_grantable)
     ORDER BY a.grantor, a.grantee, a.privilege_type), '[]') FROM aclexplode(${acl}) AS a)`

const keyOf = (entry: Entry): string => JSON.stringify([entry.by, entry.to, entry.may, entry.grantable])

const coversAll = (all: readonly Entry[], some: readonly Entry[]): boolean => {
  const keys = new Set(all.map(keyOf))
  return some.every((entry) => keys.has(keyOf(entry)))
}

/** What the privileges are on: `TABLE "public"."orders"`, and a column of it. */
export interface On {
  readonly object: string
  readonly owner: string
  readonly column?: string
}

/** The statements that make `wanted` of `current`; none where they are the same. `cleared`: it begins with a REVOKE of all. */
export function grantings(
  on: On,
  current: readonly Entry[],
  wanted: readonly Entry[],
): { readonly statements: Granting[]; readonly cleared: boolean } {
  const cleared = !coversAll(wanted, current)
  const known = cleared ? new Set<string>() : new Set(current.map(keyOf))
  const missing = wanted.filter((entry) => !known.has(keyOf(entry)))
  // All chains of grants begin with the owner: CASCADE takes them all.
  const revoked = [...new Set(current.map((entry) => grantee(entry.to, on.owner)))].map((who) => ({
    as: null,
    sql: `REVOKE ${privilege('ALL', on)} ON ${on.object} FROM ${who} CASCADE`,
  }))
  return { statements: [...(cleared ? revoked : []), ...inOrder(missing).map((lot) => grant(lot, on))], cleared }
}

const grantee = (to: string, owner: string): string =>
  to === 'public' ? 'PUBLIC' : ident(to === 'owner' ? owner : to.slice('role:'.length))

const privilege = (may: string, on: On): string => (on.column === undefined ? may : `${may} (${ident(on.column)})`)

function grant(lot: readonly Entry[], on: On): Granting {
  const { by, to, grantable } = lot[0]!
  const may = lot.map((entry) => privilege(entry.may, on)).join(', ')
  const option = grantable ? ' WITH GRANT OPTION' : ''
  return { as: by, sql: `GRANT ${may} ON ${on.object} TO ${grantee(to, on.owner)}${option}` }
}

/** One lot for each grantor, grantee and option; whoever passes a privilege on has been given it before. */
function inOrder(entries: readonly Entry[]): Entry[][] {
  const lots = new Map<string, Entry[]>()
  for (const entry of entries) {
    const key = JSON.stringify([entry.by, entry.to, entry.grantable])
    lots.set(key, [...(lots.get(key) ?? []), entry])
  }
  const waiting = [...lots.values()]
  const done: Entry[][] = []
  while (waiting.length > 0) {
    const due = waiting.findIndex(
      ([first]) => first!.by === null || !waiting.some(([w]) => w!.grantable && w!.to === `role:${first!.by}`),
    )
    done.push(...waiting.splice(Math.max(due, 0), 1))
  }
  return done
}
