import type { BenchCase } from './case.js'

/** A salary table: four short columns, ten salaries for each employee, and a key of two columns. */
export const narrow = (rows: number): BenchCase => ({
  name: 'narrow',
  measures: 'speed',
  rows,
  rowBytes: 0,
  create: `create table narrow (
    emp_no int not null,
    salary int not null,
    from_date date not null,
    to_date date not null,
    primary key (emp_no, from_date)
  )`,
  fill: (first, last) => `insert into narrow
    select 10001 + (seq - 1) div 10, 38000 + crc32(seq) % 120000,
      date('1985-01-01') + interval (seq - 1) div 10 % 3000 + (seq % 10) * 365 day,
      date('1986-01-01') + interval (seq - 1) div 10 % 3000 + (seq % 10) * 365 day
    from seq_${first}_to_${last}`,
  peers: {
    createTarget: [
      'create table narrow (emp_no integer not null, salary integer not null, from_date date not null, to_date date not null)',
    ],
    keys: ['alter table narrow add primary key (emp_no, from_date)'],
    select: 'emp_no, salary, from_date, to_date',
    orderBy: 'emp_no, from_date',
    pgloaderCasts: ['type int to integer drop typemod'],
  },
})
