import { changed, type FitnessCase, type Made } from './case.js'
import { ownAddress } from '../own-address.js'
import type { World } from '../world.js'

/** The application's own role. */
export const APPLICATION_CASES: readonly FitnessCase[] = [
  {
    ...{ check: 'application-login', state: 'green', title: 'over the network, as an ordinary role' },
    evidence: new RegExp(`^app logs in to shop over the network \\(${ownAddress().replaceAll('.', '\\.')}\\)$`),
  },
  {
    ...{ check: 'application-login', state: 'unknown', title: 'over loopback' },
    evidence: /^app logs in to shop from this worker's own machine \(127\.0\.0\.1\): that says nothing of the network/,
    make: async ({ fit }) => ({ asking: { application: fit.url('shop', 'app') } }),
  },
  {
    ...{ check: 'application-login', state: 'green', title: 'with its password', make: as('with_password:right') },
    evidence: /^with_password logs in to shop over the network/,
  },
  {
    ...{ check: 'application-login', state: 'red', title: 'with a wrong password', make: as('with_password:wrong') },
    evidence: /refuses the login.*28P01/,
  },
  {
    ...{ check: 'application-login', state: 'red', title: 'may not log in' },
    evidence: /refuses the login.*28000/,
    make: changed('alter role app nologin', 'alter role app login'),
  },
  {
    ...{ check: 'application-login', state: 'red', title: 'as a superuser', make: as('postgres') },
    evidence: /^postgres logs in to shop as a superuser$/,
  },
  {
    ...{ check: 'application-login', state: 'red', title: 'through a socket of the machine' },
    evidence: /^app logs in to shop through a socket of its machine$/,
    make: async ({ fit }) => ({
      asking: { application: `postgresql://app@/shop?host=${encodeURIComponent(fit.socket)}&port=${fit.port}` },
    }),
  },
  {
    ...{ check: 'application-login', state: 'red', title: 'into another database', make: as('app', 'postgres') },
    evidence: /^app logs in to postgres, and people read shop$/,
  },
  {
    ...{ check: 'application-login', state: 'red', title: 'to another server' },
    evidence: /^postgres logs in to postgres of another server$/,
    make: async ({ plain }) => ({ asking: { application: plain.url() } }),
  },
  {
    ...{ check: 'application-login', state: 'red', title: 'where nobody listens' },
    evidence: /does not answer/,
    make: async () => ({ asking: { application: 'postgresql://app@127.0.0.1:1/shop' } }),
  },
  {
    ...{ check: 'application-login', state: 'unknown', title: 'nobody says who it is' },
    evidence: /^target\.application is not configured$/,
    make: async () => ({ asking: { application: null } }),
  },
  {
    ...{ check: 'application-tables', state: 'green', title: 'all of them' },
    evidence: /^app may use all of 3 tables and sequences$/,
  },
  {
    ...{ check: 'application-tables', state: 'red', title: 'not one of them' },
    evidence: /^app lacks DELETE on table public\.lines$/,
    make: changed('revoke delete on lines from app', 'grant delete on lines to app'),
  },
  {
    ...{ check: 'application-tables', state: 'red', title: 'columns alone are not enough' },
    evidence: /^app lacks SELECT on table public\.orders$/,
    make: changed(
      'revoke select on orders from app; grant select (id, name) on orders to app',
      'grant select on orders to app',
    ),
  },
  {
    ...{ check: 'application-tables', state: 'red', title: 'not the counter of one' },
    evidence: /^app lacks USAGE on sequence public\.lines_id_seq$/,
    make: changed('revoke usage on sequence lines_id_seq from app', 'grant usage on sequence lines_id_seq to app'),
  },
  {
    ...{ check: 'application-tables', state: 'red', title: 'not the schema' },
    evidence: /^app lacks USAGE on schema public$/,
    make: changed('revoke usage on schema public from app, public', 'grant usage on schema public to app, public'),
  },
  {
    ...{ check: 'application-tables', state: 'red', title: 'one of the plan is not there' },
    evidence: /^1 table of the plan missing: elsewhere$/,
    make: async () => ({ asking: { tables: ['orders', 'elsewhere'] } }),
  },
  {
    ...{ check: 'application-tables', state: 'unknown', title: 'of another database', make: as('app', 'postgres') },
    evidence: /^asked of another database: postgres$/,
  },
  {
    ...{ check: 'application-tables', state: 'red', title: 'there are none' },
    evidence: /^app sees none of the plan's tables$/,
    make: async () => ({ asking: { tables: ['elsewhere'] } }),
  },
]

function as(login: string, database = 'shop'): (world: World) => Promise<Made> {
  return async ({ fit }) => ({ asking: { application: fit.networkUrl(database, login) } })
}
