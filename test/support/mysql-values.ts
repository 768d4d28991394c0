import { randomBytes, randomInt, randomUUID } from 'node:crypto'
import { hex, many, randomFloat, type ValueCase } from './mysql-value-case.js'
import { NUMBER_CASES } from './mysql-values-numbers.js'
import { TEXT_CASES } from './mysql-values-texts.js'
import { TIME_CASES } from './mysql-values-times.js'

export { quoted, type ValueCase } from './mysql-value-case.js'

/** Labels, and what only some servers have. */
const OTHER_CASES: readonly ValueCase[] = [
  {
    name: 'enum',
    mysql: `enum('a','b c','d\\\\e','f\tg','é')`,
    postgres: 'text',
    encoding: { as: 'enum', labels: ['a', 'b c', 'd\\e', 'f\tg', 'é'], charset: 'utf8mb4' },
    values: ['1', '2', '3', '4', '5'],
  },
  {
    name: 'set',
    mysql: `set('a','b c','NULL','q"x','d\\\\e','{f}','é','tab\t')`,
    postgres: 'text[]',
    encoding: { as: 'set', labels: ['a', 'b c', 'NULL', 'q"x', 'd\\e', '{f}', 'é', 'tab\t'], charset: 'utf8mb4' },
    values: many(256, String),
  },
  {
    name: 'uuid',
    mysql: 'uuid',
    postgres: 'uuid',
    encoding: { as: 'uuid' },
    values: many(20, () => `'${randomUUID()}'`),
    only: 'mariadb',
  },
  {
    name: 'uuid of text',
    mysql: 'char(36)',
    postgres: 'uuid',
    encoding: { as: 'uuid' },
    values: [`'${randomUUID()}'`, `'${randomUUID().toUpperCase()}'`, `'${randomUUID().replaceAll('-', '')}'`],
  },
  {
    name: 'uuid of bytes',
    mysql: 'binary(16)',
    postgres: 'uuid',
    encoding: { as: 'uuid-bytes' },
    values: [hex(randomBytes(16))],
  },
  {
    name: 'inet4',
    mysql: 'inet4',
    postgres: 'inet',
    encoding: { as: 'inet' },
    values: ["'0.0.0.0'", "'255.255.255.255'", "'10.0.0.1'"],
    only: 'mariadb',
  },
  {
    name: 'inet6',
    mysql: 'inet6',
    postgres: 'inet',
    encoding: { as: 'inet' },
    values: [
      ...["'::'", "'::1'", "'::5'", "'1::'", "'::ffff:1.2.3.4'", "'::1.2.3.4'", "'fe80::1'", "'1:0:0:2:0:0:0:3'"],
      ...[
        "'1:0:0:2:3:0:0:4'",
        "'1:0:2:3:4:5:6:7'",
        "'0:0:1:2:3:4:5:6'",
        "'1:2:3:4:5:6:0:0'",
        "'::ffff:0:1'",
        "'::2:3:4'",
      ],
      ...many(100, () => `'${many(8, () => (randomInt(2) ? 0 : randomInt(65536)).toString(16)).join(':')}'`),
    ],
    only: 'mariadb',
  },
  {
    name: 'vector',
    mysql: 'vector(4)',
    postgres: 'real[]',
    encoding: { as: 'vector' },
    values: many(200, () => hex(Buffer.from(Float32Array.from(many(4, () => Number(randomFloat()))).buffer))),
    only: 'vector',
  },
]

export const VALUE_CASES: readonly ValueCase[] = [...NUMBER_CASES, ...TEXT_CASES, ...TIME_CASES, ...OTHER_CASES]
