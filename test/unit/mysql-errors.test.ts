import { describe, expect, it } from 'vitest'
import { Failure } from '../../core/failure.js'
import { toFailure } from '../../databases/mysql/errors.js'

const about = { connection: 'shop-mysql', database: 'shop', user: 'app', place: 'db1:3306', table: 'orders' }
const server = (errno: number) =>
  Object.assign(new Error('the server says: value 4711'), { errno, code: `ER_${errno}`, sqlState: 'HY000' })
const node = (code: string) => Object.assign(new Error(`connect ${code}`), { code, errno: -111 })

describe('an error of a MySQL source', () => {
  it.each([
    [node('ECONNREFUSED'), 'source-unreachable'],
    [node('ENOTFOUND'), 'source-unreachable'],
    [node('ETIMEDOUT'), 'source-unreachable'],
    [node('PROTOCOL_CONNECTION_LOST'), 'source-unreachable'],
    [server(1053), 'source-unreachable'],
    [server(1040), 'source-unreachable'],
    [server(1045), 'source-login'],
    [server(1698), 'source-login'],
    [node('HANDSHAKE_NO_SSL_SUPPORT'), 'source-login'],
    [server(1044), 'source-privilege'],
    [server(1142), 'source-privilege'],
    [server(1143), 'source-privilege'],
    [server(1227), 'source-privilege'],
    [server(1049), 'source-missing'],
    [server(1146), 'schema-changed'],
    [server(1054), 'schema-changed'],
    [server(1412), 'schema-changed'],
    [server(1205), 'source-conflict'],
    [server(1213), 'source-conflict'],
    [server(145), 'object-refused'],
    [server(9999), 'object-refused'],
    [new TypeError('a bug of ours'), 'internal'],
  ])('%s is %s', (error, kind) => {
    const failure = toFailure(error, about)
    expect(failure.kind).toBe(kind)
    expect(failure.details.remedy.length).toBeGreaterThan(10)
    expect(failure.message).toContain('shop-mysql')
    expect(failure.message).not.toContain('4711')
    expect(failure.cause).toBe(error)
  })

  it('names the grant that is missing', () => {
    expect(toFailure(server(1142), about).details.remedy).toMatch(/^GRANT SELECT.* ON `shop`\.\* TO the account app/)
    expect(toFailure(server(1044), about).details.remedy).toMatch(/^Check the database's name, or GRANT SELECT/)
  })

  it('says where nobody answered', () => {
    expect(toFailure(node('ECONNREFUSED'), about).message).toContain('db1:3306')
  })

  it('passes a Failure on as it is', () => {
    const failure = new Failure('row-refused', 'x', { remedy: 'y' })
    expect(toFailure(failure, about)).toBe(failure)
  })
})
