import { describe, expect, it } from 'vitest'
import { parseDeclaredType } from '../../databases/mysql/declared-type.js'

describe('a declared type', () => {
  it.each([
    ['tinyint(1)', { base: 'tinyint', length: 1, unsigned: false }],
    ['tinyint', { base: 'tinyint', length: null }],
    ['int(10) unsigned', { base: 'int', length: 10, unsigned: true, zerofill: false }],
    ['int unsigned zerofill', { base: 'int', unsigned: true, zerofill: true }],
    ['int(5) zerofill', { base: 'int', unsigned: true, zerofill: true }],
    ['bigint unsigned', { base: 'bigint', unsigned: true, length: null }],
    ['decimal(20,4) unsigned', { base: 'decimal', precision: 20, scale: 4, length: null, unsigned: true }],
    ['float(7,3)', { base: 'float', precision: 7, scale: 3 }],
    ['double', { base: 'double', precision: null, scale: null }],
    ['varchar(20)', { base: 'varchar', length: 20, precision: null }],
    ['binary(16)', { base: 'binary', length: 16 }],
    ['bit(5)', { base: 'bit', length: 5 }],
    ['bit', { base: 'bit', length: 1 }],
    ['year(4)', { base: 'year', length: 4 }],
    ['datetime', { base: 'datetime', precision: 0, length: null }],
    ['datetime(6)', { base: 'datetime', precision: 6, length: null }],
    ['time(3)', { base: 'time', precision: 3 }],
    ['date', { base: 'date', precision: null, length: null }],
    ['vector(3)', { base: 'vector', length: 3 }],
    ['uuid', { base: 'uuid' }],
    ['geomcollection', { base: 'geomcollection' }],
    ['text /*M!100301 COMPRESSED*/', { base: 'text', declared: 'text' }],
    ['datetime /* mariadb-5.3 */', { base: 'datetime', declared: 'datetime' }],
  ])('%s', (text, expected) => {
    expect(parseDeclaredType(text)).toMatchObject(expected)
  })

  it.each([
    ["enum('a','b')", ['a', 'b']],
    ["enum('a,b','it''s','d\\\\e','')", ['a,b', "it's", 'd\\e', '']],
    ["set('x\\ny','z\\0')", ['x\ny', 'z\0']],
    ["enum('a)b(','/*c*/','unsigned zerofill','q\"q')", ['a)b(', '/*c*/', 'unsigned zerofill', 'q"q']],
    ["enum('é','中','😀')", ['é', '中', '😀']],
    ["enum('''')", ["'"]],
  ])('%s has its labels', (text, labels) => {
    expect(parseDeclaredType(text)).toMatchObject({
      labels,
      unsigned: false,
      zerofill: false,
      length: null,
      declared: text,
    })
  })
})
