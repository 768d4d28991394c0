import { expect, test } from 'vitest'
import { askApplication } from '../../activities/ask-application.js'
import { asker } from '../../activities/asking.js'
import type { Assessed } from '../../activities/gather-fitness.js'
import type { Tools } from '../../activities/tools.js'
import type { Config } from '../../core/config/types.js'
import type { ApplicationFacts } from '../../core/fitness/facts.js'
import type { TargetPort } from '../../core/ports.js'
import { toFailure } from '../../databases/postgres/errors.js'
import { ON_TARGET } from '../support/fitness-facts.js'

const assessed = (more: Partial<Assessed> = {}): Assessed => ({
  config: { migration: 'shop', target: { schema: 'public', application: 'shop-app' } } as Partial<Config> as Config,
  home: { connection: 'shop-pg', database: 'shop' },
  ...{ tables: ['item'], before: null, restore: 'kept' },
  ...more,
})

/** As the application's role is answered. */
async function answered(answer: () => ApplicationFacts, more: Partial<Assessed> = {}) {
  const port: Partial<TargetPort> = {
    identify: async () => ({ server: 'postgresql:7', database: 'own', product: 'PostgreSQL', version: '15' }),
    applicationFacts: async () => answer(),
  }
  const ports = { target: async () => port } as Partial<Tools['ports']> as Tools['ports']
  const ask = asker({ log: () => {} } as Partial<Tools> as Tools, new AbortController().signal)
  return await askApplication({ ports }, assessed(more), ask)
}

const refusing = (code: string) => (): never => {
  const about = { connection: 'shop-app', place: 'db1:5432', user: 'shop_app', database: 'shp', doing: 'fitness' }
  throw toFailure({ code, message: 'no' }, about)
}

test.each([
  [{ connection: 'shop-pg', database: 'shop' }, 'people read shop.'],
  [{ connection: 'shop-pg', database: 'built', published: 'shop' }, 'people read shop.'],
  [{ connection: 'shop-pg', database: null }, 'people read own.'],
])('a wrong database in the URL of %j is corrected there: no run makes it', async (home, said) => {
  expect(await answered(refusing('3D000'), { home })).toMatchObject({
    ...{ told: false, refused: true },
    why: "The application's connection shop-app has no such database (database shp): 3D000 (fitness).",
    remedy: `Correct the database in the URL of connection shop-app: ${said}`,
  })
})

test('a role that may not come in is let in; it is not given the rights of a target', async () => {
  expect(await answered(refusing('42501'))).toMatchObject({
    remedy: 'Let its role in: `GRANT CONNECT ON DATABASE "shop" TO ...`.',
  })
  expect(await answered(refusing('28P01'))).toMatchObject({
    why: expect.stringContaining("The application's connection shop-app refuses the login"),
    remedy: expect.stringContaining('user and password'),
  })
})

test('it is said where nobody knows the tables of the plan', async () => {
  const { sameServer: _, ...facts } = ON_TARGET
  expect(await answered(() => facts)).toEqual({ told: true, facts: { ...facts, sameServer: true } })
  expect(await answered(() => facts, { tables: null })).toMatchObject({ facts: { unplanned: true } })
})
