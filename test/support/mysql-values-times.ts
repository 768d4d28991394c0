import { randomInt } from 'node:crypto'
import { digits, many, type ValueCase } from './mysql-value-case.js'

const refuse = { do: 'refuse' } as const

const moment = (fraction: number): string => {
  const at = new Date(randomInt(8_000_000_000) * 500).toISOString()
  return `'${at.slice(0, 10)} ${at.slice(11, 19)}${fraction ? `.${digits(fraction)}` : ''}'`
}
const EARLY = ["'0001-01-01 00:00:00'", "'1582-10-10 12:00:00'", "'1900-02-28 23:59:59'", "'9999-12-31 23:59:59'"]

/** Dates and times. */
export const TIME_CASES: readonly ValueCase[] = [
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
]
