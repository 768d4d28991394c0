import { describe, expect, it } from 'vitest'
import { Failure } from '../../core/failure.js'
import { copyPlace } from '../../databases/postgres/copy-refusal.js'
import { toFailure } from '../../databases/postgres/errors.js'
import { column, id, planOf, table } from '../support/target.js'

const orders = planOf([
  table('Orders', [id(), column('total', 'numeric'), column('total: net', 'numeric', { source: 'TotalNet' })], {
    source: 'ORDERS',
  }),
]).tables[0]!
const about = { connection: 'shop-postgres', place: 'db1:5432', user: 'app', database: 'shop' }
const server = (code: string, more: object = {}): Error =>
  Object.assign(new Error('something with the value 4711'), { code, ...more })

describe('an error of the target is a failure by its code', () => {
  it.each([
    ['08006', 'target-unreachable'],
    ['57P01', 'target-unreachable'],
    ['57P02', 'target-unreachable'],
    ['57P03', 'target-unreachable'],
    ['53300', 'target-unreachable'],
    ['ECONNREFUSED', 'target-unreachable'],
    ['ECONNRESET', 'target-unreachable'],
    ['ENOTFOUND', 'target-unreachable'],
    ['28P01', 'target-login'],
    ['28000', 'target-login'],
    ['SELF_SIGNED_CERT_IN_CHAIN', 'target-login'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'target-login'],
    ['3D000', 'target-missing'],
    ['57P04', 'target-missing'],
    ['42501', 'target-privilege'],
    ['25006', 'target-privilege'],
    ['53100', 'target-full'],
    ['53200', 'target-full'],
    ['40P01', 'target-conflict'],
    ['40001', 'target-conflict'],
    ['55P03', 'target-conflict'],
    ['57014', 'target-conflict'],
    ['23505', 'constraint-violated'],
    ['23503', 'constraint-violated'],
    ['42P07', 'object-refused'],
    ['42804', 'object-refused'],
    ['2BP01', 'object-refused'],
    ['42P01', 'schema-changed'],
    ['XX000', 'internal'],
  ])('%s is %s', (code, kind) => {
    const failure = toFailure(server(code), about)
    expect(failure.kind).toBe(kind)
    expect(failure.details.remedy).not.toBe('')
    expect(failure.message).toContain(code)
    expect(failure.message + String(failure.cause)).not.toContain('4711')
    expect(failure.details.private?.reason).toContain('4711')
  })

  it('also where the driver has no code for a connection that is gone', () => {
    for (const text of [
      'Connection terminated unexpectedly',
      'timeout expired',
      'Client has encountered a connection error and is not queryable',
    ])
      expect(toFailure(new Error(text), about).kind).toBe('target-unreachable')
    const another = toFailure(new Error('received invalid response: 4a'), about)
    expect(another.message).toBe('The target shop-postgres is no PostgreSQL (db1:5432): ERR_NO_POSTGRES.')
    expect(toFailure(new Error('The server does not support SSL connections'), about).kind).toBe('target-login')
  })

  it('and an error of our own stays one, with its cause', () => {
    const cause = new TypeError('x is undefined')
    expect(toFailure(cause, about)).toMatchObject({ kind: 'internal', cause })
    const failure = new Failure('refused', 'no', { remedy: 'yes' })
    expect(toFailure(failure, about)).toBe(failure)
  })

  it('while a COPY runs, data errors are about one row', () => {
    const where = 'COPY Orders, line 17, column total: net: "4711"'
    const failure = toFailure(server('22003', { where }), { ...about, table: orders, copying: true })
    expect(failure).toMatchObject({
      kind: 'row-refused',
      message: 'The target refuses a row of ORDERS, column TotalNet: a number is out of range (22003).',
      details: { table: 'ORDERS', column: 'TotalNet', copyLine: 17 },
    })
    expect(toFailure(server('57P01'), { ...about, table: orders, copying: true }).kind).toBe('target-unreachable')
  })
})

describe('the place of a row in a COPY is read in every language', () => {
  it.each([
    ['COPY Orders, line 17, column total: "4,711"', { line: 17, column: 'total' }],
    ['COPY Orders, line 17, column total: null input', { line: 17, column: 'total' }],
    ['COPY Orders, line 17, column total: net: "x"', { line: 17, column: 'total: net' }],
    ['COPY Orders, line 17: "1\t2\t3"', { line: 17 }],
    ['COPY Orders, line 17', { line: 17 }],
    ['COPY Orders, Zeile 17, Spalte total: »4711«', { line: 17, column: 'total' }],
    ['COPY Orders, ligne 17, colonne total : « 4711 »', { line: 17, column: 'total' }],
    ['COPY Orders, 行 17, 列 total: "4711"', { line: 17, column: 'total' }],
    ['PL/pgSQL function f() line 3 at RAISE\nCOPY Orders, line 17, column id: "1"', { line: 17, column: 'id' }],
    ['SQL statement "SELECT 1"', {}],
    ['', {}],
  ])('%s', (where, expected) => {
    expect(copyPlace(where, orders)).toEqual(expected)
  })
})
