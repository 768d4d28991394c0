import { describe, expect, it } from 'vitest'
import { parseDeclaredType } from '../../databases/mysql/declared-type.js'
import { parseDefault, type DefaultStyle } from '../../databases/mysql/defaults.js'

const read = (declared: string, text: string | null, style: DefaultStyle, generated = false) => {
  const charset = /char|text|enum|set/.test(declared) ? 'utf8mb4' : null
  const type = parseDeclaredType(declared, { charset, collation: null, srid: null, jsonAlias: false })
  return parseDefault({ text, generated, style, type })
}
const constant = (text: string) => ({ is: 'constant', text })
const expression = (original: string) => ({ is: 'expression', original })

describe('a default as MariaDB writes it, in SQL', () => {
  it.each([
    ['int(11)', '1', constant('1')],
    ['int(11)', 'NULL', null],
    ['int(11)', null, null],
    ['int(11)', '-5', constant('-5')],
    ['double', '1.1e100', constant('1.1e100')],
    ['varchar(9)', "'a''b'", constant("a'b")],
    ['varchar(9)', "''", constant('')],
    ['varchar(9)', "'NULL'", constant('NULL')],
    ['varchar(40)', "'current_timestamp()'", constant('current_timestamp()')],
    ['varchar(9)', "'x\\\\y\\n'", constant('x\\y\n')],
    ['bit(5)', "b'101'", constant('101')],
    ['varbinary(9)', "'ab'", constant('6162')],
    ['varbinary(9)', "x'00FF41'", constant('00FF41')],
    ['datetime', 'current_timestamp()', { is: 'now', precision: 0 }],
    ['timestamp(6)', 'current_timestamp(6)', { is: 'now', precision: 6 }],
    ['datetime', "'0000-00-00 00:00:00'", constant('0000-00-00 00:00:00')],
    ['date', 'curdate()', expression('curdate()')],
    ['uuid', 'uuid()', expression('uuid()')],
    ['int(11)', '(1 + 2)', expression('(1 + 2)')],
    ['varchar(9)', "concat('a','b')", expression("concat('a','b')")],
    ['varchar(9)', "'a' + 'b'", expression("'a' + 'b'")],
    ['varchar(40)', 'current_timestamp()', expression('current_timestamp()')],
  ])('%s %s', (declared, text, expected) => {
    expect(read(declared, text, 'sql')).toEqual(expected)
  })
})

describe('a default as MySQL writes it, plainly', () => {
  it.each([
    ['int', '1', false, constant('1')],
    ['int', null, false, null],
    ['varchar(9)', 'NULL', false, constant('NULL')],
    ['varchar(9)', "it's", false, constant("it's")],
    ['varchar(9)', "x'41'", false, constant("x'41'")],
    ['varchar(40)', 'current_timestamp()', false, constant('current_timestamp()')],
    ["enum('a','b')", 'a', false, constant('a')],
    ['bit(5)', "b'101'", false, constant('101')],
    ['varbinary(9)', '0x6162', false, constant('6162')],
    ['datetime', 'CURRENT_TIMESTAMP', false, { is: 'now', precision: 0 }],
    ['datetime(3)', 'CURRENT_TIMESTAMP(3)', true, { is: 'now', precision: 3 }],
    ['datetime', 'now()', true, { is: 'now', precision: 0 }],
    ['date', 'curdate()', true, expression('curdate()')],
    ['int', '(1 + 2)', true, expression('(1 + 2)')],
    ['text', "_utf8mb4\\'te\\\\\\'xt\\'", true, constant("te'xt")],
    [
      'varchar(9)',
      "concat(_utf8mb4\\'a\\',_utf8mb4\\'b\\\\\\'c\\')",
      true,
      expression("concat(_utf8mb4'a',_utf8mb4'b\\'c')"),
    ],
  ])('%s %s', (declared, text, generated, expected) => {
    expect(read(declared, text, 'plain', generated)).toEqual(expected)
  })
})
