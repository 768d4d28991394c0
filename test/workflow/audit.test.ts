import { describe, expect, it } from 'vitest'
import type { AuditEntry } from '../../core/audit.js'
import { migrationWorkflowId } from '../../core/names.js'
import { apply, pause, resume } from '../../workflows/messages.js'
import { soon } from '../support/runs.js'
import { configOf } from '../support/scripted.js'
import { waitUntil } from '../support/wait.js'
import { withWorld } from '../support/world.js'

const asking = (by: string, reason = 'a freeze') => ({ by, expires: soon(), reason, table: null })

describe('a line of the audit trail', () => {
  it('is written when the target is back, also by a later execution, and whoever pauses does not wait for it', async () => {
    let isAway = true
    const written: AuditEntry[] = []
    const writeAudit = async ({ entry }: { entry: AuditEntry }) => {
      if (isAway) throw new Error('away')
      written.push(entry)
    }
    await withWorld({ writeAudit }, async (world) => {
      const entity = await world.migration('shop')
      await entity.executeUpdate(apply, { args: [{ config: configOf('shop'), by: 'ada', expires: soon() }] })
      await entity.executeUpdate(pause, { args: [asking('ada')] })
      await entity.executeUpdate(pause, { args: [asking('bob')] })
      await entity.executeUpdate(resume, { args: [{ ...asking('zoe', 'shipped'), hold: 'h1' }] })
      const latest = world.client.workflow.getHandle(migrationWorkflowId('shop'))
      const { pendingActivities } = (await latest.describe()).raw
      // 0: as often as it takes.
      expect(pendingActivities?.map(({ maximumAttempts }) => maximumAttempts ?? 0)).toEqual([0, 0, 0])
      const before = (await latest.describe()).runId
      for (let sent = 0; sent < 1000; sent += 100)
        await Promise.all(Array.from({ length: 100 }, () => latest.signal('noise')))
      await waitUntil('a new execution', async () => (await latest.describe()).runId !== before, 30_000)
      isAway = false
      await waitUntil('the lines', () => new Set(written.map(({ at, by }) => `${at} ${by}`)).size === 3, 30_000)
      const told = written.map(({ what, by, about }) => `${what} ${by} ${String(about['hold'])}`)
      expect(new Set(told)).toEqual(new Set(['pause ada h1', 'pause bob h2', 'resume zoe h1']))
      await waitUntil('nothing is left to write', async () => {
        const { raw } = await latest.describe()
        return (raw.pendingActivities ?? []).length === 0
      })
    })
  }, 120_000)
})
