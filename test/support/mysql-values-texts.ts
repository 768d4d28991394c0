import { randomBytes, randomInt } from 'node:crypto'
import { hex, many, quoted, type ValueCase } from './mysql-value-case.js'

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

/** Texts and bytes. */
export const TEXT_CASES: readonly ValueCase[] = [
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
]
