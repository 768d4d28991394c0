import type pg from 'pg'

interface Added {
  readonly subject: string
  readonly text: string
}

/** What a plan never makes, by table oid: triggers, rules, policies, children and parents, grants to others than the owner. */
export async function readAdded(client: pg.ClientBase, oids: readonly number[]): Promise<Map<number, Added[]>> {
  const { rows } = await client.query<Added & { oid: number }>(ADDED, [oids])
  const byTable = new Map<number, Added[]>()
  for (const { oid, ...one } of rows) byTable.set(oid, [...(byTable.get(oid) ?? []), one])
  return byTable
}

const ADDED = `
  WITH ours AS (SELECT c.*, c.oid AS id FROM pg_class c WHERE c.oid = ANY ($1::bigint[]::oid[]))
  SELECT id::bigint::float8 AS oid, 'trigger ' || relname || '.' || t.tgname AS subject, pg_get_triggerdef(t.oid) AS text
  FROM ours JOIN pg_trigger t ON t.tgrelid = id WHERE NOT t.tgisinternal
  UNION ALL
  SELECT id::bigint::float8, 'rule ' || relname || '.' || r.rulename, pg_get_ruledef(r.oid)
  FROM ours JOIN pg_rewrite r ON r.ev_class = id
  UNION ALL
  SELECT id::bigint::float8, 'policy ' || relname || '.' || p.polname, coalesce(pg_get_expr(p.polqual, id), 'true')
  FROM ours JOIN pg_policy p ON p.polrelid = id
  UNION ALL
  SELECT id::bigint::float8, 'row security ' || relname, 'on' FROM ours WHERE relrowsecurity
  UNION ALL
  SELECT id::bigint::float8, 'parent of ' || relname, i.inhparent::regclass::text
  FROM ours JOIN pg_inherits i ON i.inhrelid = id
  UNION ALL
  SELECT id::bigint::float8, 'child of ' || relname, i.inhrelid::regclass::text
  FROM ours JOIN pg_inherits i ON i.inhparent = id
  UNION ALL
  SELECT id::bigint::float8, 'grants on ' || relname,
    (CASE WHEN a.grantee = 0 THEN 'public' ELSE pg_get_userbyid(a.grantee)::text END) || ': '
      || string_agg(lower(a.privilege_type), ', ' ORDER BY a.privilege_type)
  FROM ours CROSS JOIN LATERAL aclexplode(relacl) a WHERE a.grantee <> relowner GROUP BY id, relname, a.grantee
  ORDER BY 1, 2, 3`
