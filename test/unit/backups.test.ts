import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import type { BackupFacts } from '../../core/fitness/facts.js'
import { BARMAN } from '../../worker/backups/barman.js'
import { openBackups } from '../../worker/backups/index.js'
import { PGBACKREST } from '../../worker/backups/pgbackrest.js'

/** What pgBackRest 2.45 and Barman 3.4.0 of Debian 12 printed of a server and what became of it; only paths were renamed. */
const recorded = (name: string): string =>
  readFileSync(new URL(`../support/backups/${name}.json`, import.meta.url), 'utf8')

const SERVER = '7710871458163959605'
/** The next integer that a double holds: what JSON.parse makes of it. */
const ROUNDED = String(BigInt(Number(SERVER)))

const stanza = (last: BackupFacts['last']): BackupFacts => ({ tool: 'pgBackRest', where: 'stanza shop', last })
const barman = (last: BackupFacts['last']): BackupFacts => ({ tool: 'Barman', where: 'server shop', last })
const CHAIN = '20261122-055926F_20261122-055952I'

describe('what pgBackRest says', () => {
  it('the newest backup counts, whether full, differential or incremental', () =>
    expect(PGBACKREST.read(recorded('pgbackrest-chain'), SERVER)).toEqual([
      stanza({ label: CHAIN, ended: '2026-11-22T05:59:54.000Z', failed: false }),
    ]))

  it('a backup with pages whose checksum is wrong is one that failed', () =>
    expect(PGBACKREST.read(recorded('pgbackrest-damaged'), SERVER)).toEqual([
      stanza({ label: '20261122-055956F', ended: '2026-11-22T06:00:01.000Z', failed: true }),
    ]))

  it('a stanza without a backup is known, and has none', () =>
    expect(PGBACKREST.read(recorded('pgbackrest-none'), SERVER)).toEqual([stanza(null)]))

  it('an identifier that only rounds to it is of another server', () => {
    expect(ROUNDED).not.toBe(SERVER)
    expect(PGBACKREST.read(recorded('pgbackrest-none'), ROUNDED)).toEqual([])
  })

  it('backups of the cluster that was there before an upgrade are none of the one that is there now', () => {
    const answer = recorded('pgbackrest-upgraded')
    expect(PGBACKREST.read(answer, '7710872830814131936')).toEqual([stanza(null)])
    expect(PGBACKREST.read(answer, SERVER).map(({ last }) => last?.label)).toEqual(['20261122-055956F'])
  })

  it('a repository that it cannot read is no answer, although its exit code is 0', () =>
    expect(PGBACKREST.read(recorded('pgbackrest-unreadable'), SERVER)).toEqual([
      { tool: 'pgBackRest', where: '(no answer: it cannot read its repository)', last: null },
    ]))

  it('nothing configured is nothing known', () => expect(PGBACKREST.read('[]', SERVER)).toEqual([]))
})

describe('what Barman says', () => {
  it('the newest that ended counts', () =>
    expect(BARMAN.read(recorded('barman-done'), SERVER)).toEqual([
      barman({ label: '20261122T060227', ended: '2026-11-22T06:02:29.633Z', failed: false }),
    ]))

  it('backups are known by their own identifier while the server is away', () =>
    expect(BARMAN.read(recorded('barman-away'), SERVER)).toEqual(BARMAN.read(recorded('barman-done'), SERVER)))

  it('a backup that failed is told, and counts from its beginning', () =>
    expect(BARMAN.read(without(recorded('barman-done'), '20261122T060227'), SERVER)).toEqual([
      barman({ label: '20261122T060156', ended: '2026-11-22T06:01:56.982Z', failed: true }),
    ]))

  it('a server without a backup is known by what it says of itself', () =>
    expect(BARMAN.read(without(recorded('barman-done'), '20261122T060227', '20261122T060156'), SERVER)).toEqual([
      barman(null),
    ]))

  it('another server is not known', () => expect(BARMAN.read(recorded('barman-done'), ROUNDED)).toEqual([]))
})

/** The diagnosis as it was before these backups. */
function without(answer: string, ...labels: readonly string[]): string {
  const all = JSON.parse(answer) as { servers: { shop: { backups: Record<string, unknown> } } }
  for (const label of labels) delete all.servers.shop.backups[label]
  return JSON.stringify(all)
}

const folders: string[] = []
afterEach(() => folders.splice(0).forEach((folder) => rmSync(folder, { recursive: true })))

/** A machine on whose PATH there are these programs and nothing else. */
function machine(programs: Readonly<Record<string, string>>, limitMs?: number) {
  const folder = mkdtempSync(join(tmpdir(), 'nightferry-backups-'))
  folders.push(folder)
  for (const [name, script] of Object.entries(programs)) {
    writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`)
    chmodSync(join(folder, name), 0o755)
  }
  const lines: string[] = []
  const variables = { PATH: folder, NIGHTFERRY_CONNECTION_DST: 'secret' }
  const tools = openBackups(
    variables,
    folder,
    (message, fields) => lines.push(`${message}: ${String(fields?.reason)}`),
    limitMs,
  )
  return { lines, ask: (signal = new AbortController().signal) => tools.backups(SERVER, signal) }
}

const saying = (name: string): string =>
  `/bin/cat '${new URL(`../support/backups/${name}.json`, import.meta.url).pathname}'`
const noAnswer = (tool: string, why: string): BackupFacts => ({ tool, where: `(no answer: ${why})`, last: null })

describe('the tools for backups of a machine', () => {
  it('there is none: nobody can be asked', async () => expect(await machine({}).ask()).toBeNull())

  it('all of them are asked', async () => {
    const found = await machine({ pgbackrest: saying('pgbackrest-chain'), barman: saying('barman-done') }).ask()
    expect(found?.map(({ tool, last }) => [tool, last?.label])).toEqual([
      ['pgBackRest', CHAIN],
      ['Barman', '20261122T060227'],
    ])
  })

  it('one that fails is told as one without a backup, and its words go nowhere', async () => {
    const { ask, lines } = machine({ barman: 'echo password; echo password >&2; exit 1' })
    expect(await ask()).toEqual([noAnswer('Barman', 'exit code 1')])
    expect(lines).toEqual(['a tool for backups gave no answer: Barman: exit code 1'])
  })

  it('one that fails is not spoken of where another has a backup', async () => {
    const found = await machine({ pgbackrest: saying('pgbackrest-chain'), barman: 'exit 1' }).ask()
    expect(found?.map(({ tool }) => tool)).toEqual(['pgBackRest'])
  })

  it('one that answers with something else is told so', async () => {
    for (const answer of ['nothing', '{}', '[{}]', 'null'])
      expect(await machine({ pgbackrest: `echo '${answer}'` }).ask()).toEqual([
        noAnswer('pgBackRest', 'it answers with something else'),
      ])
  })

  it('one that does not end is not waited for', async () => {
    const found = await machine({ pgbackrest: 'exec /bin/sleep 60' }, 200).ask()
    expect(found).toEqual([noAnswer('pgBackRest', 'longer than 0.2 s')])
  })

  it('a cancelled question is no error', async () => {
    const found = await machine({ pgbackrest: 'exec /bin/sleep 60' }).ask(AbortSignal.timeout(200))
    expect(found).toEqual([noAnswer('pgBackRest', 'cancelled')])
  })

  it('what the worker was told for itself is not told to them', async () => {
    const { ask } = machine({ pgbackrest: 'test -z "$NIGHTFERRY_CONNECTION_DST" && echo "[]"' })
    expect(await ask()).toEqual([])
  })

  it('an answer of years of backups is read whole', async () => {
    const [one] = JSON.parse(recorded('pgbackrest-chain').replaceAll(SERVER, '"the number"')) as { backup: object[] }[]
    one!.backup = Array.from({ length: 2_000 }, () => one!.backup[0]!)
    const { ask } = machine({
      pgbackrest: `/bin/cat <<'END'\n${JSON.stringify([one]).replaceAll('"the number"', SERVER)}\nEND`,
    })
    expect((await ask())?.map(({ last }) => last?.label)).toEqual(['20261122-055926F'])
  })
})
