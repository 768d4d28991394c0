import type { BenchCase } from './case.js'

/** The table of design section 4: 18 columns of the types that business tables have, about 193 bytes a row as text. */
export const wide = (rows: number): BenchCase => table('wide', rows)

/** The same table, for what the proof costs. */
export const wideProof = (rows: number): BenchCase => ({
  ...table('wide_proof', rows),
  ...{ label: 'wide-proof', measures: 'proof', peers: null },
})

const table = (name: string, rows: number): BenchCase => ({
  name,
  measures: 'speed',
  rows,
  rowBytes: 0,
  create: `create table ${name} (
    id bigint not null auto_increment primary key,
    customer_id int not null,
    product_id int unsigned not null,
    quantity smallint not null,
    active tinyint(1) not null,
    price decimal(10,2) not null,
    weight double,
    code char(8) not null,
    name varchar(40) not null,
    description varchar(255) not null,
    note text,
    born date,
    ordered_at datetime not null,
    changed_at datetime(6) not null,
    seen_at timestamp null,
    state enum('new','paid','packed','sent','returned') not null,
    token varbinary(16) not null,
    remark varchar(100)
  )`,
  fill: (first, last) => `insert into ${name}
    select seq, 1 + crc32(seq) % 200000, crc32(seq + 7) % 90000, seq % 1000, seq % 3 = 0,
      (crc32(seq) % 10000000) / 100, if(seq % 10 = 0, null, (crc32(seq + 1) % 100000) / if(seq % 8 = 1, 97e0, 8e0)),
      lpad(hex(crc32(seq)), 8, '0'),
      concat(elt(1 + seq % 5, 'Anna', 'Björn', 'Chloé', 'Dmitrij', 'Eva'), ' ', hex(seq)),
      concat('item ', seq, coalesce(elt(1 + seq % 40, '\\ttab', '\\nline', ' back\\\\slash'), '')),
      if(seq % 4 = 0, concat('note on ', seq, ': call back'), null),
      if(seq % 5 = 0, null, date('1950-01-01') + interval seq % 20000 day),
      timestamp('2021-01-01') + interval seq % 90000000 second,
      timestamp('2022-01-01') + interval seq % 60000000 second + interval crc32(seq + 3) % 1000000 microsecond,
      if(seq % 6 = 0, null, timestamp('2023-01-01') + interval seq % 30000000 second),
      1 + seq % 5, unhex(left(md5(seq), 16)), if(seq % 3 > 0, null, concat('remark ', seq % 1000))
    from seq_${first}_to_${last}`,
  peers: {
    createTarget: [
      `create type wide_state as enum ('new', 'paid', 'packed', 'sent', 'returned')`,
      `create table ${name} (id bigint not null, customer_id integer not null, product_id bigint not null,
        quantity smallint not null, active boolean not null, price numeric(10,2) not null, weight double precision,
        code varchar(8) not null, name varchar(40) not null, description varchar(255) not null, note text, born date,
        ordered_at timestamp(0) not null, changed_at timestamp(6) not null, seen_at timestamptz(0),
        state wide_state not null, token bytea not null, remark varchar(100))`,
    ],
    keys: [`alter table ${name} add primary key (id)`],
    select: `id, customer_id, product_id, quantity, active, price, weight, code, name, description, note, born,
      ordered_at, changed_at, seen_at, state, concat('\\\\x', hex(token)), remark`,
    orderBy: 'id',
    pgloaderCasts: [
      'type tinyint when (= precision 1) to boolean drop typemod using tinyint-to-boolean',
      'type int when unsigned to bigint drop typemod',
      'type int to integer drop typemod',
      'type smallint to smallint drop typemod',
      'type datetime to timestamp drop typemod',
      'type char to varchar keep typemod',
    ],
  },
})
