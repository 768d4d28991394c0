import { describe, expect, it } from 'vitest'
import { columnNamed, tableNamed, withSource } from '../support/source.js'

const constant = (text: string) => ({ is: 'constant', text })
const now = (precision: number) => ({ is: 'now', precision })

/** Declaration of one column each, and what the catalog says about it. */
const COLUMNS: readonly [declared: string, expected: Record<string, unknown>][] = [
  [
    'tinyint(1) DEFAULT 1',
    { type: { base: 'tinyint', declared: 'tinyint(1)', length: 1 }, default: constant('1'), nullable: true },
  ],
  ['smallint unsigned NOT NULL', { type: { base: 'smallint', unsigned: true }, default: null, nullable: false }],
  ["int(7) unsigned zerofill DEFAULT '42'", { type: { base: 'int', unsigned: true, zerofill: true, length: 7 } }],
  ['bigint unsigned DEFAULT 18446744073709551615', { default: constant('18446744073709551615') }],
  [
    "decimal(20,4) unsigned DEFAULT '12.5'",
    { type: { base: 'decimal', precision: 20, scale: 4 }, default: constant('12.5000') },
  ],
  ['float(7,3)', { type: { base: 'float', precision: 7, scale: 3 }, default: null }],
  ['double DEFAULT 1.1e100', { type: { base: 'double' }, default: constant('1.1e100') }],
  ["bit(5) DEFAULT b'101'", { type: { base: 'bit', length: 5 }, default: constant('101') }],
  ['year DEFAULT 2001', { type: { base: 'year' }, default: constant('2001') }],
  ["char(3) DEFAULT 'a''b'", { type: { base: 'char', length: 3, charset: 'utf8mb4' }, default: constant("a'b") }],
  ['varchar(20) DEFAULT \'it\\\\s "q"\\n中\'', { default: constant('it\\s "q"\n中') }],
  ["varchar(20) NOT NULL DEFAULT ''", { default: constant(''), nullable: false }],
  ["varchar(20) DEFAULT 'NULL'", { default: constant('NULL') }],
  ["varchar(20) DEFAULT 'now()'", { default: constant('now()') }],
  ["varchar(30) DEFAULT 'current_timestamp()'", { default: constant('current_timestamp()') }],
  [
    "varchar(9) CHARACTER SET latin1 COLLATE latin1_bin DEFAULT 'é'",
    { type: { charset: 'latin1', collation: 'latin1_bin' }, default: constant('é') },
  ],
  ["varchar(9) CHARACTER SET sjis DEFAULT '表'", { type: { charset: 'sjis' }, default: constant('表') }],
  ['text', { type: { base: 'text', length: null }, default: null }],
  ['longblob', { type: { base: 'longblob', charset: null } }],
  ["varbinary(9) DEFAULT X'00FF41'", { type: { base: 'varbinary', length: 9 }, default: constant('00FF41') }],
  ["binary(4) DEFAULT 'ab'", { default: constant('61620000') }],
  [
    "enum('a','b,c','it''s','d\\\\e','','n\\nl') NOT NULL DEFAULT 'it''s'",
    { type: { base: 'enum', labels: ['a', 'b,c', "it's", 'd\\e', '', 'n\nl'] }, default: constant("it's") },
  ],
  [
    "set('x','y z','w''w') DEFAULT 'x,w''w'",
    { type: { base: 'set', labels: ['x', 'y z', "w'w"] }, default: constant("x,w'w") },
  ],
  ["enum('é','ß') CHARACTER SET latin1", { type: { labels: ['é', 'ß'], charset: 'latin1' } }],
  ["date DEFAULT '2020-02-03'", { type: { base: 'date' }, default: constant('2020-02-03') }],
  [
    "datetime NOT NULL DEFAULT '0000-00-00 00:00:00'",
    { type: { precision: 0 }, default: constant('0000-00-00 00:00:00') },
  ],
  ['datetime DEFAULT now()', { default: now(0), onUpdate: null }],
  ['datetime(6) DEFAULT localtimestamp(6)', { type: { precision: 6 }, default: now(6) }],
  [
    'timestamp NOT NULL DEFAULT current_timestamp ON UPDATE current_timestamp',
    { default: now(0), onUpdate: expect.stringMatching(/^current_timestamp/i) as unknown },
  ],
  ['timestamp(3) NULL', { type: { base: 'timestamp', precision: 3 }, default: null, nullable: true }],
  ["time(3) DEFAULT '-10:20:30.5'", { type: { base: 'time', precision: 3 }, default: constant('-10:20:30.500') }],
  ['geometry', { type: { base: 'geometry' } }],
  ['int DEFAULT (1 + 2)', { default: { is: 'expression', original: '(1 + 2)' } }],
  ["text DEFAULT ('te''xt')", { default: constant("te'xt") }],
  ['int INVISIBLE DEFAULT 3', { default: constant('3') }],
  ["int COMMENT 'it''s \"ü\"'", { comment: 'it\'s "ü"' }],
]

describe('the catalog', () => {
  it('says of each column what it was declared as', async () => {
    const columns = COLUMNS.map(([declared], i) => `c${i} ${declared}`).join(', ')
    await withSource(
      `SET NAMES utf8mb4; SET sql_mode = ''; CREATE TABLE t (${columns}) CHARACTER SET utf8mb4`,
      async ({ source }) => {
        const table = tableNamed(await source.catalog(), 't')
        expect(table.columns).toHaveLength(COLUMNS.length)
        for (const [i, [declared, expected]] of COLUMNS.entries()) {
          expect(columnNamed(table, `c${i}`), declared).toMatchObject(expected)
        }
      },
    )
  })

  it('tells JSON from text that only has a check', async () => {
    const make = `CREATE TABLE t (j json, own json NOT NULL, plain longtext, CONSTRAINT valid CHECK (json_valid(plain)), CONSTRAINT small CHECK (json_length(own) < 9))`
    await withSource(make, async ({ source, isMariaDb }) => {
      const table = tableNamed(await source.catalog(), 't')
      const isJson = (name: string) =>
        columnNamed(table, name).type.jsonAlias || columnNamed(table, name).type.base === 'json'
      expect([isJson('j'), isJson('own'), isJson('plain')]).toEqual([true, true, false])
      expect(columnNamed(table, 'j').type.jsonAlias).toBe(isMariaDb)
      expect(table.extras.map(({ kind, name }) => `${kind} ${name}`)).toEqual(['check small', 'check valid'])
      expect(table.extras[0]?.definition).toMatch(/^CHECK \(json_length\(`own`\) < 9\)$/)
    })
  })

  it('says what is generated, with its expression as SHOW CREATE prints it', async () => {
    const make = `CREATE TABLE t (a int, b varchar(9), v int AS (a + 1) VIRTUAL, s varchar(20) AS (concat(b, 'x''y')) STORED)`
    await withSource(make, async ({ source }) => {
      const table = tableNamed(await source.catalog(), 't')
      expect(columnNamed(table, 'v')).toMatchObject({ default: null, generated: { stored: false } })
      expect(columnNamed(table, 'v').generated?.expression).toMatch(/^\(?`a` \+ 1\)?$/)
      expect(columnNamed(table, 's').generated).toMatchObject({ stored: true })
      expect(columnNamed(table, 's').generated?.expression).toMatch(/^concat\(`b`,(_utf8mb4)?'x\\'y'\)$/)
    })
  })

  it('knows the types that only this server has', async () => {
    const make = (isMariaDb: boolean): string =>
      isMariaDb
        ? `CREATE TABLE t (a uuid NOT NULL DEFAULT uuid(), b inet6 DEFAULT '::1', c uuid DEFAULT '123e4567-e89b-12d3-a456-426655440000', d text COMPRESSED)`
        : `CREATE TABLE t (a binary(16) NOT NULL DEFAULT (uuid_to_bin(uuid())), b point SRID 4326, c json DEFAULT (json_array()), d vector(3))`
    await withSource(make, async ({ source, isMariaDb }) => {
      const table = tableNamed(await source.catalog(), 't')
      const own = isMariaDb
        ? [
            { type: { base: 'uuid' }, default: { is: 'expression', original: 'uuid()' } },
            { type: { base: 'inet6' }, default: constant('::1') },
            { default: constant('123e4567-e89b-12d3-a456-426655440000') },
            { type: { base: 'text', declared: 'text' } },
          ]
        : [
            { default: { is: 'expression', original: 'uuid_to_bin(uuid())' } },
            { type: { base: 'point', srid: 4326 } },
            { default: { is: 'expression', original: 'json_array()' } },
            { type: { base: 'vector', length: 3 } },
          ]
      expect(table.columns).toMatchObject(own)
    })
  })

  it('reads counters as they are now', async () => {
    const make = `CREATE TABLE fresh (id serial); CREATE TABLE used (id bigint unsigned AUTO_INCREMENT PRIMARY KEY) AUTO_INCREMENT = 4711; CREATE TABLE none (id int)`
    await withSource(make, async ({ source, sql }) => {
      const before = await source.catalog()
      expect(['fresh', 'used', 'none'].map((name) => tableNamed(before, name).nextIdentity)).toEqual([
        '1',
        '4711',
        null,
      ])
      expect(columnNamed(tableNamed(before, 'fresh'), 'id')).toMatchObject({ autoIncrement: true, nullable: false })
      await sql('INSERT INTO used VALUES (NULL), (NULL); DELETE FROM used')
      expect(tableNamed(await source.catalog(), 'used').nextIdentity).toBe('4713')
      await sql('INSERT INTO used VALUES (18446744073709551614)')
      expect(tableNamed(await source.catalog(), 'used').nextIdentity).toBe('18446744073709551615')
    })
  })
})
