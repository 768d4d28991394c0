import type { BenchCase } from './case.js'

const VALUE_BYTES = 60 * 1024 * 1024

/** One value of 60 MB among a thousand small ones: a process may need the row itself, and not several of it. */
export const value60 = (rows: number): BenchCase => ({
  name: 'value60',
  measures: 'memory',
  rows,
  rowBytes: VALUE_BYTES,
  create: 'create table value60 (id int not null primary key, body longtext not null)',
  fill: (first, last) => `insert into value60
    select seq, if(seq = ${Math.ceil(rows / 2)}, repeat('sixty megabytes\\n', ${VALUE_BYTES / 16}), md5(seq))
    from seq_${first}_to_${last}`,
  peers: null,
})

const COLUMNS = 399

/** 400 columns: what is kept for each column must not grow with the rows. */
export const columns400 = (rows: number): BenchCase => ({
  name: 'columns400',
  measures: 'memory',
  rows,
  rowBytes: 0,
  create: `create table columns400 (id int not null primary key, ${each((n, kind) => `c${n} ${TYPES[kind]}`)})`,
  fill: (first, last) =>
    `insert into columns400 select seq, ${each((n, kind) => VALUES[kind](n))} from seq_${first}_to_${last}`,
  peers: null,
})

const TYPES = { number: 'int', text: 'varchar(10)', decimal: 'decimal(8,2)' } as const
const KINDS = ['number', 'text', 'decimal'] as const

const VALUES = {
  number: (n: number) => `seq * ${n} % 100000`,
  text: (n: number) => `if(seq % 7 = ${n % 7}, null, concat('v', seq % 10000))`,
  decimal: (n: number) => `(seq + ${n}) % 90000 / 100`,
} as const

const each = (write: (n: number, kind: (typeof KINDS)[number]) => string): string =>
  Array.from({ length: COLUMNS }, (_, n) => write(n, KINDS[n % 3]!)).join(', ')
