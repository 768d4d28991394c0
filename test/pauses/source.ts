/** Of what a run does something worth interrupting in every phase: three big tables, and many small ones. */
export const ITEMS = 300_000
const SMALL = 120

const DIGITS = Array.from({ length: 10 }, (_, d) => `select ${d} d`).join(' union all ')

export const sourceSql = (database: string): string => `
  drop database if exists ${database}; create database ${database} character set utf8mb4; use ${database};
  create table n (n int not null primary key);
  insert into n select a.d + 10 * b.d + 100 * c.d from (${DIGITS}) a, (${DIGITS}) b, (${DIGITS}) c;
  create table item (id bigint primary key, code varchar(40) not null, amount decimal(12,2) not null, at datetime(3) not null,
    note varchar(80), unique key (code), key (amount, at), key (note));
  insert into item select x.n + 1000 * y.n, concat('code ', x.n * 7919 % 1000, '-', y.n), (x.n * 7 % 100000) / 100,
    timestamp('2024-01-01') + interval x.n * y.n second, if(x.n % 3 = 0, null, concat('note ', y.n, ' of ', x.n))
    from n y straight_join n x where y.n < ${ITEMS / 1000};
  create table line (id bigint primary key, first_item bigint not null, second_item bigint not null, third_item bigint,
    label varchar(60) not null, key (label), foreign key (first_item) references item (id),
    foreign key (second_item) references item (id), foreign key (third_item) references item (id));
  insert into line select id, ${ITEMS} - 1 - id, id, if(id % 2 = 0, null, (id * 31) % ${ITEMS}), concat('line ', id % 997) from item;
  create table entry (id bigint primary key, line bigint not null, text varchar(200) not null,
    foreign key (line) references line (id));
  insert into entry select id, id, repeat(concat('text ', id, ' '), 6) from item where id % 2 = 0;
  drop table n;
  ${Array.from({ length: SMALL }, (_, i) => smallTable(i)).join('')}
  analyze table item, line, entry`

const smallTable = (i: number): string =>
  `create table small_${i} (id int primary key, name varchar(20) not null, kind enum('a', 'b'), unique key (name));
   insert into small_${i} select id, concat('name ', id), 'a' from item where id < 20;`

export const TABLES = ['item', 'line', 'entry', ...Array.from({ length: SMALL }, (_, i) => `small_${i}`)]
