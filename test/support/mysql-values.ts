import { randomBytes, randomInt, randomUUID } from 'node:crypto'
import type { Encoding } from '../../core/cast.js'

/** One encoding with a source type, a target type and values that must come out as PostgreSQL prints them. */
export interface ValueCase {
  readonly name: string
  readonly mysql: string
  readonly postgres: string
  readonly encoding: Encoding
  /** SQL literals. */
  readonly values: readonly string[]
  /** Where the type exists. */
  readonly only?: 'mariadb' | 'vector'
}

const refuse = { do: 'refuse' } as const
const many = <T>(n: number, make: (i: number) => T): T[] => Array.from({ length: n }, (_, i) => make(i))
const digits = (n: number): string => many(n, () => String(randomInt(10))).join('')
const sign = (): string => (randomInt(2) ? '-' : '')
const hex = (bytes: Buffer): string => `X'${bytes.toString('hex')}'`
export const quoted = (text: string): string => `_utf8mb4 X'${Buffer.from(text).toString('hex')}'`

const TEXTS = [
  '',
  'plain',
  'tab\there',
  'new\nline',
  'return\r\n',
  'back\\slash\\',
  '\\N',
  '\\.',
  '\b\f\v\x01\x1f\x7f',
  'Zürich 東京 😀',
  `'"\``,
  ' spaces ',
  'NULL',
  ...[250, 251, 252, 4095, 4096, 4097, 65535, 65536, 70000, 400_000].map((n) => 'é\t'.repeat(n).slice(0, n)),
]
const WORDS = ['word ', 'é', '\t', '\\', '\n', '😀', 'abcdefgh', '0123456789abcdef']
const randomText = (): string => many(randomInt(40), () => WORDS[randomInt(WORDS.length)]).join('')

const randomFloat = (): string => {
  const bytes = randomBytes(4)
  return Number.isFinite(bytes.readFloatLE()) ? String(bytes.readFloatLE()) : '0'
}
const randomDouble = (): string => {
  const bytes = randomBytes(8)
  return Number.isFinite(bytes.readDoubleLE()) ? String(bytes.readDoubleLE()) : '0'
}
/** MySQL reads an exponent's `+` and `e` as JavaScript prints them. -0 needs an exponent to be a double. */
const NUMBERS = [
  '0',
  '-0e0',
  '1',
  '-1',
  '0.1',
  '0.0001',
  '0.00001',
  '123456',
  '1234567',
  '999999',
  '1e6',
  '1e5',
  '1e-4',
  '1e-5',
]
const HUGE = [
  '123456789012345',
  '1e15',
  '1e23',
  '9007199254740993',
  '1.7976931348623157e308',
  '5e-324',
  '2.2250738585072014e-308',
]
const FLOATS = [
  '3.4028235e38',
  '1e-45',
  '1.1754944e-38',
  '16777216',
  '16777217',
  '0.000244140625',
  '54566.8125',
  '8388608.5',
]

const moment = (fraction: number): string => {
  const at = new Date(randomInt(8_000_000_000) * 500).toISOString()
  return `'${at.slice(0, 10)} ${at.slice(11, 19)}${fraction ? `.${digits(fraction)}` : ''}'`
}
const EARLY = ["'0001-01-01 00:00:00'", "'1582-10-10 12:00:00'", "'1900-02-28 23:59:59'", "'9999-12-31 23:59:59'"]

export const VALUE_CASES: readonly ValueCase[] = [
  ...(['tinyint', 'smallint', 'mediumint', 'int', 'bigint'] as const).map((mysql, i) => {
    const bits = BigInt([8, 16, 24, 32, 64][i] as number)
    const [low, high] = [-(2n ** (bits - 1n)), 2n ** (bits - 1n) - 1n]
    const values = [low, high, 0n, -1n, 10n, 100n].map(String)
    return { name: mysql, mysql, postgres: 'bigint', encoding: { as: 'integer' } as const, values }
  }),
  {
    name: 'bigint unsigned zerofill',
    mysql: 'bigint unsigned zerofill',
    postgres: 'numeric(20,0)',
    encoding: { as: 'integer' },
    values: ['0', '1', '10', '18446744073709551615'],
  },
  {
    name: 'year',
    mysql: 'year',
    postgres: 'smallint',
    encoding: { as: 'integer' },
    values: ['0', '1901', '2155', "'2024'"],
  },
  {
    name: 'decimal',
    mysql: 'decimal(30,10)',
    postgres: 'numeric(30,10)',
    encoding: { as: 'decimal' },
    values: ['0', '-0.00000000001', '0.5', '-0.5', '1', ...many(200, () => `${sign()}${digits(15)}.${digits(10)}`)],
  },
  {
    name: 'decimal zerofill',
    mysql: 'decimal(12,2) unsigned zerofill',
    postgres: 'numeric(12,2)',
    encoding: { as: 'decimal' },
    values: ['0', '0.01', '7', '1234567890.12'],
  },
  {
    name: 'decimal(65,0)',
    mysql: 'decimal(65,0)',
    postgres: 'numeric',
    encoding: { as: 'decimal' },
    values: ['0', '9'.repeat(65), `-${'9'.repeat(65)}`, '100'],
  },
  {
    name: 'float',
    mysql: 'float',
    postgres: 'real',
    encoding: { as: 'real' },
    values: [...NUMBERS, ...FLOATS, ...many(3000, randomFloat), ...many(500, () => `${digits(3)}.${digits(2)}`)],
  },
  {
    name: 'float(7,3)',
    mysql: 'float(7,3)',
    postgres: 'real',
    encoding: { as: 'real' },
    values: ['0', '1.5', '0.001', '1234.567', '-1234.567'],
  },
  {
    name: 'double',
    mysql: 'double',
    postgres: 'double precision',
    encoding: { as: 'double' },
    values: [...NUMBERS, ...HUGE, ...many(3000, randomDouble), ...many(500, () => `${digits(5)}.${digits(4)}`)],
  },
  {
    name: 'double(10,2)',
    mysql: 'double(10,2)',
    postgres: 'double precision',
    encoding: { as: 'double' },
    values: ['0', '-0e0', '1.5', '0.1', '99999999.99'],
  },
  {
    name: 'double(30,20)',
    mysql: 'double(30,20)',
    postgres: 'double precision',
    encoding: { as: 'double' },
    values: ['0.1', '1e-19', '3.14159265358979', '12345.678'],
  },
  { name: 'tinyint(1)', mysql: 'tinyint(1)', postgres: 'boolean', encoding: { as: 'boolean' }, values: ['0', '1'] },
  {
    name: 'tinyint(1) zerofill',
    mysql: 'tinyint(2) unsigned zerofill',
    postgres: 'boolean',
    encoding: { as: 'boolean' },
    values: ['0', '1'],
  },
  { name: 'bit(1)', mysql: 'bit(1)', postgres: 'boolean', encoding: { as: 'bit-boolean' }, values: ["b'0'", "b'1'"] },
  {
    name: 'bit(10)',
    mysql: 'bit(10)',
    postgres: 'bit(10)',
    encoding: { as: 'bits', width: 10 },
    values: ["b'0'", "b'1'", "b'1111111111'", "b'1000000000'"],
  },
  {
    name: 'bit(64) as a number',
    mysql: 'bit(64)',
    postgres: 'numeric(20,0)',
    encoding: { as: 'bit-integer' },
    values: ["b'0'", `b'${'1'.repeat(64)}'`, "b'101'"],
  },
  {
    name: 'text',
    mysql: 'longtext character set utf8mb4',
    postgres: 'text',
    encoding: { as: 'text', charset: 'utf8mb4' },
    values: [...TEXTS, ...many(500, randomText)].map(quoted),
  },
  {
    name: 'utf8mb3',
    mysql: 'varchar(100) character set utf8mb3',
    postgres: 'text',
    encoding: { as: 'text', charset: 'utf8mb3' },
    values: ['é', '東京', 'a\tb', ''].map(quoted),
  },
  {
    name: 'blob',
    mysql: 'longblob',
    postgres: 'bytea',
    encoding: { as: 'bytes' },
    values: ["''", "X'00'", ...[1, 255, 4096, 4097, 65536, 300_000].map((n) => hex(randomBytes(n)))],
  },
  { name: 'binary', mysql: 'binary(4)', postgres: 'bytea', encoding: { as: 'bytes' }, values: ["'a'", "X'00010203'"] },
  {
    name: 'date',
    mysql: 'date',
    postgres: 'date',
    encoding: { as: 'date', onZero: refuse },
    values: ["'2024-02-29'", "'2000-02-29'", "'2023-01-31'", "'2023-04-30'", ...EARLY.map((m) => `${m.slice(0, 11)}'`)],
  },
  {
    name: 'datetime',
    mysql: 'datetime',
    postgres: 'timestamp',
    encoding: { as: 'timestamp', zone: false, onZero: refuse },
    values: [...EARLY, "'2024-02-29 23:59:59'", ...many(300, () => moment(0))],
  },
  {
    name: 'datetime(6)',
    mysql: 'datetime(6)',
    postgres: 'timestamp(6)',
    encoding: { as: 'timestamp', zone: false, onZero: refuse },
    values: [
      "'2024-01-30 00:00:00.500000'",
      "'2024-01-30 00:00:00.000001'",
      "'2024-01-31 10:10:10'",
      ...many(300, () => moment(6)),
    ],
  },
  {
    name: 'timestamp(3)',
    mysql: 'timestamp(3) null',
    postgres: 'timestamptz(3)',
    encoding: { as: 'timestamp', zone: true, onZero: refuse },
    values: ["'1970-01-01 00:00:01'", "'2038-01-19 03:14:07.999'", "'2024-03-31 02:30:00.100'"],
  },
  {
    name: 'date as timestamp',
    mysql: 'date',
    postgres: 'timestamp',
    encoding: { as: 'timestamp', zone: false, onZero: refuse },
    values: ["'2024-02-29'", "'2024-01-01'"],
  },
  {
    name: 'time',
    mysql: 'time(6)',
    postgres: 'time(6)',
    encoding: { as: 'time' },
    values: ["'00:00:00'", "'24:00:00'", "'23:59:59.999999'", "'12:30:00.5'"],
  },
  {
    name: 'interval',
    mysql: 'time(6)',
    postgres: 'interval',
    encoding: { as: 'interval' },
    values: [
      "'838:59:59'",
      "'-838:59:59'",
      "'-00:00:00.000001'",
      "'30:00:00'",
      "'-01:30:00.5'",
      "'00:00:00'",
      "'100:00:00'",
    ],
  },
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
