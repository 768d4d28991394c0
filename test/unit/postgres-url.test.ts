import { userInfo } from 'node:os'
import { describe, expect, it } from 'vitest'
import { parseUrl, placeOf } from '../../databases/postgres/url.js'

const read = (url: string) => {
  const { host, port, user, password, database, sslmode } = parseUrl(url, 'shop')
  return [host, port, user, password, database, sslmode]
}
const me = userInfo().username

describe('a connection URL is read as libpq reads it', () => {
  it.each([
    ['postgresql://anna:secret@db1:5433/shop', ['db1', 5433, 'anna', 'secret', 'shop', 'prefer']],
    ['postgres://anna@db1', ['db1', 5432, 'anna', '', 'anna', 'prefer']],
    ['postgresql://db1/shop?sslmode=verify-full', ['db1', 5432, me, '', 'shop', 'verify-full']],
    ['postgresql://anna@[::1]:6000/shop', ['::1', 6000, 'anna', '', 'shop', 'prefer']],
    ['postgresql://%2Ftmp%2Fsock/shop', ['/tmp/sock', 5432, me, '', 'shop', 'prefer']],
    ['postgresql:///shop?host=/tmp/sock&port=6000', ['/tmp/sock', 6000, me, '', 'shop', 'prefer']],
    ['postgresql://?host=db2&user=bert&password=x%26y&dbname=shop', ['db2', 5432, 'bert', 'x&y', 'shop', 'prefer']],
    [
      'postgresql://anna@db1/caf%C3%A9%20%2F1?application_name=x&connect_timeout=3',
      ['db1', 5432, 'anna', '', 'café /1', 'prefer'],
    ],
  ])('%s', (url, expected) => {
    expect(read(url)).toEqual(expected)
  })

  it.each(['p@ss', 'a:b', 'a/b', 'a?b=c', 'a#b', '100%', '%zz', `'"\\ `, 'ümläut', '@:/?#', 'x@y:1/z'])(
    'with the password %s, plain or percent-encoded',
    (password) => {
      expect(read(`postgresql://anna:${password}@db1/shop`)).toEqual(['db1', 5432, 'anna', password, 'shop', 'prefer'])
      expect(read(`postgresql://anna:${encodeURIComponent(password)}@db1/shop`)[3]).toBe(password)
    },
  )

  it('without a host it means a socket of this machine', () => {
    expect(parseUrl('postgresql:///shop', 'shop').host).toMatch(/^\//)
    expect(placeOf(parseUrl('postgresql:///shop?host=/run/pg', 'shop'))).toBe('/run/pg/.s.PGSQL.5432')
  })

  it('and asks no variable of the environment', () => {
    const before = { ...process.env }
    Object.assign(process.env, {
      PGUSER: 'env',
      PGPASSWORD: 'env',
      PGHOST: 'env',
      PGPORT: '1',
      PGDATABASE: 'env',
      PGSSLMODE: 'require',
    })
    try {
      expect(read('postgresql://db1')).toEqual(['db1', 5432, me, '', me, 'prefer'])
    } finally {
      process.env = before
    }
  })
})

describe('a URL that cannot be read is refused without being quoted', () => {
  it.each([
    ['mysql://anna:secret@db1/shop', 'does not read as'],
    ['db1/shop secret', 'does not read as'],
    ['postgresql://anna:secret@db1:99999/shop', 'port'],
    ['postgresql://anna:secret@db1:1,db2:2/shop', 'does not read as'],
    ['postgresql://anna:secret@db1/shop?sslmode=on', 'sslmode is one of'],
    ['postgresql://anna:secret@db1/shop?sslmod=require', 'parameter sslmod'],
  ])('%s', (url, why) => {
    const error = refusal(url)
    expect(error).toMatchObject({ kind: 'connection-unknown', message: expect.stringContaining(why) })
    expect(JSON.stringify(error) + error.message).not.toContain('secret')
  })
})

function refusal(url: string): Error {
  try {
    parseUrl(url, 'shop')
  } catch (error) {
    return error as Error
  }
  return expect.unreachable()
}
