import { describe, expect, it } from 'vitest'
import type { AdoptInput } from '../../activities/adopt.js'
import type { WriteAuditInput } from '../../activities/write-audit.js'
import type { Around, RunInput } from '../../activities/messages.js'
import { generationName } from '../../core/generation.js'
import { adopt, clean, migrationStatus, startRun } from '../../workflows/messages.js'
import { failureOf, soon } from '../support/runs.js'
import { summaryOf, type Script } from '../support/scripted.js'
import { waitUntil } from '../support/wait.js'
import { withWorld } from '../support/world.js'

const HOME = { connection: 'to', database: 'shop', published: 'shop' }
const ASKED = { connection: 'to', database: null }
const AROUND: Around = { hooks: { after_publish: { http: 'chat' } }, copies: false, schema: 'public' }
const FIRST = '20261118-030000'
const asking = () => ({ by: 'ada', expires: soon(), target: ASKED })

const adopted = {
  versions: [
    { number: 1, planHash: 'plan', configHash: 'config', by: 'bob', at: '2026-11-18T02:00:00.000Z', tables: 1 },
  ],
  runs: [{ ...summaryOf(FIRST, 'complete', null), published: 'published' as const }],
  ...{ closed: [], holds: [], holdsEver: 0 },
}

describe('a migration that is taken up', { timeout: 60_000 }, () => {
  it('is built where its memory says, with its hooks; of its runs the newest published one is what people read', async () => {
    const told = { hooks: [] as string[], audited: [] as WriteAuditInput[], cleaned: [] as AdoptInput[] }
    const prepared: unknown[] = []
    const script: Script = {
      adoptLedger: async () => ({ ...adopted, home: HOME, around: AROUND }),
      buildAside: async ({ ref }: RunInput) => {
        prepared.push(ref.target)
        return { database: ref.target.database ?? '', notes: [] }
      },
      runHook: async ({ moment }) => {
        told.hooks.push(moment)
        return null
      },
      writeAudit: async (input) => void told.audited.push(input),
      cleanTarget: async (input) => void told.cleaned.push(input),
    }
    await withWorld(script, async (world) => {
      const entity = await world.migration('shop')
      expect(await entity.executeUpdate(adopt, { args: [asking()] })).toMatchObject({ versions: 1, runs: 1 })
      expect((await entity.query(migrationStatus)).target).toEqual(HOME)
      const { run } = await entity.executeUpdate(startRun, { args: [{ version: null, by: 'ada', expires: soon() }] })
      await waitUntil('the end of the run', async () => (await entity.query(migrationStatus)).running === null)
      expect((await entity.query(migrationStatus)).runs).toMatchObject([
        { run, state: 'complete', published: 'published' },
        { run: FIRST, published: 'was published' },
      ])
      expect(prepared).toEqual([{ ...HOME, database: generationName('shop', run) }])
      expect(told.hooks).toEqual(['after_publish'])
      expect(told.audited.map(({ target, entry }) => [target, entry.what])).toContainEqual([HOME, 'adopt'])

      await entity.executeUpdate(clean, { args: [{ by: 'ada', expires: soon() }] })
      expect(told.cleaned).toEqual([{ migration: 'shop', target: HOME }])
      expect(await entity.query(migrationStatus)).toMatchObject({ target: null, versions: [], runs: [] })
    })
  })

  it('is built in place, where it was asked for, if nothing says otherwise; and is not taken up twice', async () => {
    await withWorld({ adoptLedger: async () => adopted }, async (world) => {
      const entity = await world.migration('shop')
      await entity.executeUpdate(adopt, { args: [asking()] })
      expect((await entity.query(migrationStatus)).target).toEqual(ASKED)
      const failure = await failureOf(entity.executeUpdate(adopt, { args: [asking()] }))
      expect(failure.message).toContain('1 versions, 1 runs')
    })
  })
})
