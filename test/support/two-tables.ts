import { mysqlUrl, onMysql, onPostgres, postgresUrl } from './servers.js'

/** Of each of the two tables. */
export const ROWS = 20_000

/** A source of two tables without a difference, long enough in small chunks that somebody can come between. */
export async function makeTwoTables(name: string): Promise<void> {
  const digits = Array.from({ length: 10 }, (_, d) => `(${d})`).join()
  await onMysql(
    mysqlUrl(),
    `create database ${name}; use ${name};
     create table d (d int primary key); insert into d values ${digits};
     create table big (id int primary key, v varchar(900) not null);
     insert into big select 1 + a.d + 10 * b.d + 100 * c.d + 1000 * e.d + 10000 * f.d, repeat('row ', 200)
       from d a, d b, d c, d e, d f where f.d < ${ROWS / 10_000};
     create table twin like big; insert into twin select * from big;
     analyze table big, twin`,
  )
  await onPostgres(postgresUrl(), `create database ${name}`)
}

export async function dropTwoTables(name: string): Promise<void> {
  await onMysql(mysqlUrl(), `drop database if exists ${name}`)
  await onPostgres(postgresUrl(), `drop database if exists ${name} with (force)`)
}

/** What both workers and commands need. */
export const urlsOf = (name: string): Record<string, string> => ({
  NIGHTFERRY_CONNECTION_SRC: mysqlUrl(name),
  NIGHTFERRY_CONNECTION_DST: postgresUrl(name),
})

/** Done chunks of the newest run, by the process that did them; and the highest epoch: 1 where none was done twice. */
export async function chunksBy(name: string): Promise<{ by: Record<string, number>; epoch: number; done: number }> {
  const rows = await onPostgres(
    postgresUrl(name),
    `select worker, count(*)::int as n, max(epoch) as epoch from nightferry.chunk
      where state = 'done' and run = (select max(run) from nightferry.run) group by worker`,
  ).catch(() => [])
  const by = Object.fromEntries(
    rows.map(({ worker, n }) => [String(worker).split(' ').at(-1), Number(n)] as const),
  ) as Record<string, number>
  const done = Object.values(by).reduce((sum, n) => sum + n, 0)
  return { by, done, epoch: Math.max(0, ...rows.map(({ epoch }) => Number(epoch))) }
}

/** Rows of both tables in the target, and how many of them are different rows. */
export async function rowsThere(name: string): Promise<{ rows: number; keys: number }> {
  const [row] = await onPostgres(
    postgresUrl(name),
    `select (select count(*) from big)::int + (select count(*) from twin)::int as rows,
            (select count(distinct id) from big)::int + (select count(distinct id) from twin)::int as keys`,
  )
  return row as { rows: number; keys: number }
}
