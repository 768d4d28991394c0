import { describe, expect, test } from 'vitest'
import type { Encoding } from '../../core/cast.js'
import { numericText } from '../../databases/mysql/encode/json-number.js'
import { doubleText, realText } from '../../databases/mysql/encode/float.js'
import { encoded } from '../support/encoded.js'

const set: Encoding = { as: 'set', labels: ['a', 'b'], charset: 'utf8mb4' }
const json: Encoding = { as: 'json', charset: 'utf8mb4' }
const timestamp: Encoding = { as: 'timestamp', zone: true, onZero: { do: 'literal', value: 'a\tb' } }

describe('a value has the text that PostgreSQL prints, with the escapes of COPY', () => {
  test.each<[Encoding, string | Buffer, string]>([
    [{ as: 'integer' }, '0000', '0'],
    [{ as: 'integer' }, '-12', '-12'],
    [{ as: 'decimal' }, '-0.00', '0.00'],
    [{ as: 'decimal' }, '-0.01', '-0.01'],
    [{ as: 'decimal' }, '000000.00', '0.00'],
    [{ as: 'boolean' }, '01', 't'],
    [{ as: 'bits', width: 3 }, Buffer.from([5]), '101'],
    [{ as: 'bits', width: 10 }, Buffer.from([2, 1]), '1000000001'],
    [{ as: 'bit-integer' }, Buffer.alloc(8, 255), '18446744073709551615'],
    [{ as: 'bytes' }, Buffer.from([0, 255, 0x5c]), '\\\\x00ff5c'],
    [{ as: 'bytes' }, '', '\\\\x'],
    [timestamp, '2024-01-01 00:00:00.120', '2024-01-01 00:00:00.12+00'],
    [timestamp, '2024-01-01 00:00:00.000', '2024-01-01 00:00:00+00'],
    [timestamp, '0000-00-00 00:00:00', 'a\\tb'],
    [{ as: 'time' }, '24:00:00.000000', '24:00:00'],
    [{ as: 'interval' }, '-00:00:00.000000', '00:00:00'],
    [{ as: 'interval' }, '-838:59:58.999900', '-838:59:58.9999'],
    [set, '', '{}'],
    [set, 'a,null,b c,{,"\\', '{a,"null","b c","{","\\\\"\\\\\\\\"}'],
    [json, '{"b":1,"a":"\\u005c"}', '{"a": "\\\\\\\\", "b": 1}'],
    [{ as: 'uuid' }, '6CCD780C-BABA-1026-9564-5B8C65602464', '6ccd780c-baba-1026-9564-5b8c65602464'],
    [{ as: 'inet' }, '0:0:1::', '0:0:1::'],
    [{ as: 'inet' }, '1:0:0:2:0:0:0:3', '1:0:0:2::3'],
    [{ as: 'inet' }, '::ffff:0102:0304', '::ffff:1.2.3.4'],
    [{ as: 'inet' }, '0:0:0:0:0:0:1:2', '::0.1.0.2'],
    [{ as: 'inet' }, '::2', '::2'],
  ])('%o of %o', (encoding, value, text) => {
    expect(encoded(encoding, value)).toBe(text)
  })
})

describe('floats change to an exponent where PostgreSQL does, and have its shortest digits', () => {
  test.each<[number, string, string]>([
    [0, '0', '0'],
    [-0, '-0', '-0'],
    [0.5, '0.5', '0.5'],
    [0.0001220703125, '0.00012207031', '0.0001220703125'],
    [0.00006103515625, '6.1035156e-05', '6.103515625e-05'],
    [999999, '999999', '999999'],
    [1000000, '1e+06', '1000000'],
    [33554432, '3.3554432e+07', '33554432'],
    [999999999999999, '1e+15', '999999999999999'],
    [1e15, '1e+15', '1e+15'],
    [1e23, '1e+23', '9.999999999999999e+22'],
    [2 ** -149, '1e-45', '1.401298464324817e-45'],
    [Infinity, 'Infinity', 'Infinity'],
  ])('%d', (x, real, double) => {
    expect(realText(Math.fround(x))).toBe(real)
    expect(doubleText(x)).toBe(double)
  })
})

describe('a JSON number is spelled as numeric spells it', () => {
  test.each<[string, string | null]>([
    ['1e5', '100000'],
    ['1.50', '1.50'],
    ['-0', '0'],
    ['-0.00', '0.00'],
    ['1.5e1', '15'],
    ['1.50e1', '15.0'],
    ['12e-3', '0.012'],
    ['0e-2', '0.00'],
    ['0e400000', '0'],
    ['1e131071', `1${'0'.repeat(131071)}`],
    ['1e131072', null],
    ['1e-16383', `0.${'0'.repeat(16382)}1`],
    ['1e-16384', null],
    ['01', null],
    ['1.', null],
    ['.5', null],
    ['+1', null],
    ['1e', null],
    ['NaN', null],
  ])('%s', (number, text) => {
    expect(numericText(number)).toBe(text)
  })
})
