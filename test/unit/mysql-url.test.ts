import { userInfo } from 'node:os'
import { describe, expect, it } from 'vitest'
import { Failure } from '../../core/failure.js'
import { parseUrl } from '../../databases/mysql/url.js'

const parse = (url: string) => parseUrl(url, 'shop-mysql')

const failure = (url: string): Failure => {
  try {
    parse(url)
  } catch (error) {
    if (error instanceof Failure) return error
    throw error
  }
  throw new Error(`${url} was read`)
}

describe('the URL of a MySQL source', () => {
  it('is read with port, user, password and database', () => {
    expect(parse('mysql://app:secret@db1:3307/shop')).toEqual({
      host: 'db1',
      port: 3307,
      socket: null,
      user: 'app',
      password: 'secret',
      database: 'shop',
      tls: 'preferred',
      ca: null,
    })
    expect(parse('MARIADB://db1/shop')).toMatchObject({
      host: 'db1',
      port: 3306,
      user: userInfo().username,
      password: '',
    })
    expect(parse('mysql://app@[::1]:3307/shop')).toMatchObject({ host: '::1', port: 3307 })
  })

  it.each([
    ['p%40ss', 'p@ss'],
    ['p@ss', 'p@ss'],
    ['p@s@s', 'p@s@s'],
    ['a:b/c#d?e', 'a:b/c#d?e'],
    ['100%', '100%'],
    ['100%25', '100%'],
    ['50%zz', '50%zz'],
    ['%C3%BC€', 'ü€'],
    ['%ff%fe', '%ff%fe'],
    ['a+b c', 'a+b c'],
    ['\'"\\`$;', '\'"\\`$;'],
    ['', ''],
  ])('takes the password %s as %s', (typed, password) => {
    expect(parse(`mysql://app:${typed}@db1/shop`)).toMatchObject({
      user: 'app',
      password,
      host: 'db1',
      database: 'shop',
    })
  })

  it('knows unix sockets', () => {
    expect(parse('mysql://app@localhost/shop?socket=/run/x%20y.sock').socket).toBe('/run/x y.sock')
    expect(parse('mysql://app:a@b@localhost/shop?unix_socket=/run/a@b.sock')).toMatchObject({
      socket: '/run/a@b.sock',
      password: 'a@b',
    })
  })

  it.each([
    ['sslmode=disable', 'disabled', null],
    ['ssl-mode=DISABLED', 'disabled', null],
    ['ssl_mode=PREFERRED', 'preferred', null],
    ['ssl-mode=REQUIRED', 'required', null],
    ['sslmode=require', 'required', null],
    ['ssl-mode=VERIFY_CA&ssl-ca=/ca.pem', 'verify-ca', '/ca.pem'],
    ['ssl-ca=/ca.pem', 'verify-ca', '/ca.pem'],
    ['ssl-ca=/ca.pem&ssl-mode=REQUIRED', 'verify-ca', '/ca.pem'],
    ['sslmode=verify-full&sslrootcert=/ca.pem', 'verify-identity', '/ca.pem'],
    ['ssl-mode=VERIFY_IDENTITY', 'verify-identity', null],
  ])('reads %s as %s', (query, tls, ca) => {
    expect(parse(`mysql://app@db1/shop?${query}`)).toMatchObject({ tls, ca })
  })

  it.each([
    'postgres://app:hunter2@db1/shop',
    'mysql://app:hunter2@db1:port/shop',
    'mysql://app:hunter2@db1/shop?colour=blue',
    'mysql://app:hunter2@db1/shop?ssl-mode=sometimes',
    'mysql://app:hunter2@db1/shop/more',
    'mysql://app:hunter2@10.0.0.1/shop?ssl-mode=VERIFY_IDENTITY',
    'app:hunter2@db1/shop',
    '',
  ])('refuses %s with a remedy, and never repeats the password', (url) => {
    const error = failure(url)
    expect(error.kind).toBe('connection-unknown')
    expect(error.details.remedy).toMatch(/mysql:\/\/USER/)
    expect(JSON.stringify([error.message, error.details])).not.toContain('hunter2')
  })

  it('says that a database is missing', () => {
    expect(failure('mysql://app@db1').kind).toBe('source-missing')
    expect(failure('mysql://app@db1/').kind).toBe('source-missing')
  })
})
