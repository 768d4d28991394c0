import { expect, test } from 'vitest'
import { copied, plannedTable, throughPostgres } from '../support/mysql-copy.js'
import { onMysql, postgresUrl, withMysqlDatabase } from '../support/servers.js'

const lines = (text: Buffer): string[] => text.toString().split('\n').slice(0, -1)

test('a geometry is its WKB as bytea, and EWKB with the SRID in its outermost head for PostGIS', async () => {
  await withMysqlDatabase(async (_, url) => {
    const shapes = [
      'POINT(10 20)',
      'LINESTRING(0 0,1 1)',
      'POLYGON((0 0,4 0,4 4,0 0))',
      'GEOMETRYCOLLECTION(POINT(1 2),LINESTRING(0 0,1 1))',
    ]
    const values = shapes.flatMap((shape) => [`ST_GeomFromText('${shape}')`, `ST_GeomFromText('${shape}', 3857)`])
    await onMysql(
      url,
      `create table v (id int primary key, g geometry); insert into v values ${values.map((v, i) => `(${i}, ${v})`).join(', ')}`,
    )
    const plain = lines((await copied(url, plannedTable('v', { g: { as: 'wkb' } }))).text)
    const extended = lines((await copied(url, plannedTable('v', { g: { as: 'ewkb' } }))).text)
    const stored = await onMysql(
      url,
      'select st_srid(g) as srid, hex(substr(cast(g as binary), 5)) as wkb from v order by id',
    )
    expect(plain).toEqual(stored.map(({ wkb }) => `\\\\x${String(wkb).toLowerCase()}`))
    expect(extended).toEqual(
      stored.map(({ srid, wkb }) => {
        const text = String(wkb)
        // Byte order, type and 0x20000000, SRID 3857, the rest.
        return String(srid) === '0' ? text : `${text.slice(0, 8)}20110F0000${text.slice(10)}`
      }),
    )
    expect(
      await throughPostgres(postgresUrl(), ['bytea'], Buffer.from(plain.map((line) => `${line}\n`).join(''))),
    ).toEqual(Buffer.from(plain.map((line) => `${line}\n`).join('')))
  }, 'copy_geometry')
})
