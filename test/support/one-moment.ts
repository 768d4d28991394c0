import mysql from 'mysql2/promise'
import { setTimeout as delay } from 'node:timers/promises'
import { onPostgres } from './servers.js'

/** A source whose rows fit together at each moment, and at no two: accounts with one total, orders with their customers. */
export const ACCOUNTS = 20_000
const EACH = 1000

/** Names are chosen so that what refers to others is read after them. */
export const onePlace = (name: string): string =>
  `drop database if exists ${name}; create database ${name}; use ${name};
   create table d (d int primary key); insert into d values (0),(1),(2),(3),(4),(5),(6),(7),(8),(9);
   create table account (id int primary key, v bigint not null, pad varchar(500) not null) engine=innodb;
   insert into account select 1 + a.d + 10 * b.d + 100 * c.d + 1000 * e.d + 10000 * f.d, ${EACH}, repeat('x', 400)
     from d a, d b, d c, d e, d f where f.d < ${ACCOUNTS / 10_000};
   create table customer (id bigint primary key auto_increment, name varchar(40) not null) engine=innodb;
   create table purchase (id bigint primary key auto_increment, customer_id bigint not null,
     foreign key (customer_id) references customer (id)) engine=innodb;
   insert into customer (name) select 'first' from d; insert into purchase (customer_id) select id from customer;`

export interface Load {
  /** Transactions a second, and the longest that one of them took in milliseconds. */
  stop(): Promise<{ rate: number; longestMs: number }>
}

/** `rate` transactions a second over 8 connections: a transfer, a customer and his purchase in each. */
export async function load(url: string, rate = 500): Promise<Load> {
  const connections = await Promise.all(
    Array.from({ length: 8 }, () => mysql.createConnection({ uri: url, multipleStatements: true })),
  )
  let [isOver, done, longestMs] = [false, 0, 0]
  const began = performance.now()
  const work = connections.map(async (connection, lane) => {
    const every = (1000 * connections.length) / rate
    for (let turn = 0; !isOver; turn++) {
      const due = began + (turn + lane / connections.length) * every
      if (due > performance.now()) await delay(due - performance.now())
      const [from, to] = [pick(), pick()].sort((a, b) => a - b) as [number, number]
      const started = performance.now()
      await connection.query(
        `start transaction; insert into customer (name) values ('new'); insert into purchase (customer_id) values (last_insert_id());
         update account set v = v - 1 where id = ${from}; update account set v = v + 1 where id = ${to}; commit`,
      )
      longestMs = Math.max(longestMs, performance.now() - started)
      done++
    }
  })
  return {
    async stop() {
      isOver = true
      await Promise.all(work)
      const rateNow = done / ((performance.now() - began) / 1000)
      for (const connection of connections) connection.destroy()
      return { rate: Math.round(rateNow), longestMs: Math.round(longestMs) }
    },
  }
}

const pick = (): number => 1 + Math.floor(Math.random() * ACCOUNTS)

/** What does not fit together in the target. */
export async function misfits(target: string): Promise<{ orphans: number; missing: number }> {
  const [row] = await onPostgres(
    target,
    `select (select count(*) from purchase p left join customer c on c.id = p.customer_id where c.id is null)::int as orphans,
       (select abs(sum(v) - ${ACCOUNTS * EACH}) from account)::int as missing`,
  )
  return row as { orphans: number; missing: number }
}
