import { randomBytes, randomInt } from 'node:crypto'
import { digits, many, randomFloat, type ValueCase } from './mysql-value-case.js'

const sign = (): string => (randomInt(2) ? '-' : '')

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

/** Numbers, and bits as numbers. */
export const NUMBER_CASES: readonly ValueCase[] = [
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
]
