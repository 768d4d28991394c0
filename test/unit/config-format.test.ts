import { describe, expect, it } from 'vitest'
import { CONFIG_FORMAT, migrateConfig } from '../../core/config/format.js'
import type { Config } from '../../core/config/types.js'
import { publishOf } from '../../core/config/publish.js'
import { parseConfig } from '../../core/config/parse.js'

const written = { migration: 'shop', source: { connection: 'a' }, target: { connection: 'b' } }

describe('a stored config', () => {
  it('of this code comes back as it was stored', () => {
    const parsed = parseConfig(written)
    if (!parsed.ok) throw new Error('it does not parse')
    expect(migrateConfig(parsed.config, CONFIG_FORMAT)).toBe(parsed.config)
  })

  it('of the first format says what held then, and is what the same file says today', () => {
    const parsed = parseConfig(written)
    if (!parsed.ok) throw new Error('it does not parse')
    const { consistency: _consistency, verify: _verify, ...old } = parsed.config
    const { consistency, verify } = migrateConfig(old, 1)
    expect({ consistency, verify }).toEqual({ consistency: parsed.config.consistency, verify: parsed.config.verify })
  })

  it('of before there were generations is built in place, whatever the same file says today', () => {
    const parsed = parseConfig(written)
    if (!parsed.ok) throw new Error('it does not parse')
    const { publish, ...old } = parsed.config
    expect(publish?.mode).toBeNull()
    for (const format of [1, 2]) expect(publishOf(migrateConfig(old, format)).mode).toBe('in-place')
    expect(publishOf(old as Pick<Config, 'publish'>).mode).toBe('in-place')
  })

  it('is migrated by newer code step by step, and refused by older code', () => {
    const steps = [1, 2, 3].map((n) => (config: object) => ({ ...config, [`step${n}`]: n }))
    expect(migrateConfig({ a: 1 }, 2, steps)).toEqual({ a: 1, step2: 2, step3: 3 })
    expect(migrateConfig({ a: 1 }, 4, steps)).toEqual({ a: 1 })
    expect(() => migrateConfig({ a: 1 }, 5, steps)).toThrow(/newer Nightferry/)
  })
})
