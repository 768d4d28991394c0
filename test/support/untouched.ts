import { onPostgres } from './servers.js'

/**
 * All that would be another if somebody had written to a table of the target, or about it in the ledger: files of table
 * and indexes, place and writer of each row, rows of the ledger with their writers.
 */
export async function traceOf(url: string, run: string, tables: readonly string[]): Promise<Record<string, unknown>> {
  const trace: Record<string, unknown> = {}
  for (const table of tables) {
    trace[`${table}: files`] = await onPostgres(
      url,
      `select relname, pg_relation_filepath(oid) as file from pg_class
       where oid = '${table}'::regclass or oid in (select indexrelid from pg_index where indrelid = '${table}'::regclass)
       order by 1`,
    )
    trace[`${table}: rows`] = await onPostgres(
      url,
      `select count(*), md5(string_agg(ctid::text || ' ' || xmin::text, ',' order by ctid)) as rows from ${table}`,
    )
    for (const kept of ['run_table', 'chunk', 'failure', 'proof_part', 'proof_table', 'witness'])
      trace[`${table}: ${kept}`] = await onPostgres(
        url,
        `select l.xmin, l::text from nightferry.${kept} l
         where ${['run_table', 'chunk', 'failure'].includes(kept) ? 'run' : 'proof'} = '${run}'
         and table_ordinal = (
           select n.ordinal from nightferry.run r join nightferry.version_table n on n.version = r.version
           where r.run = '${run}' and n.target_name = '${table}')
         order by l::text`,
      )
  }
  return trace
}
