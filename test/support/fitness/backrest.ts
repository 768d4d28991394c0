import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { runObtaining } from '../../../client/embedded/obtain-process.js'
import { ownedFolder, type Account, type ServerHome } from '../../../scripts/servers/account.js'
import type { PostgresBinaries } from '../../../scripts/servers/postgres-binaries.js'
import type { Cluster } from './cluster.js'

/** A repository of pgBackRest with one stanza, `shop`; everything of it lies in one folder. */
export interface Backrest {
  /** Its configuration, as PGBACKREST_CONFIG names it. */
  readonly config: string
  /** For the server's archive_command. */
  readonly push: string
  /** As the servers' account, with the stanza; of that cluster once it is known. */
  run(...args: readonly string[]): Promise<void>
  /** Writes the stanza's place into the configuration. */
  of(cluster: Cluster): void
  /** A script that restores the newest backup and reads a row of it, offline; `repository`: from another one. */
  restoreScript(name: string, repository?: string): string
}

export function openBackrest(program: string, binaries: PostgresBinaries, home: ServerHome): Backrest {
  const folder = ownedFolder(home, 'pgbackrest')
  const config = join(folder, 'pgbackrest.conf')
  const own = (name: string): string => ownedFolder(home, `pgbackrest/${name}`)
  const lines = [
    '[global]',
    `repo1-path=${own('repo')}`,
    ...['lock', 'spool'].map((name) => `${name}-path=${own(name)}`),
    ...['log-level-file=off', 'log-level-console=warn', 'start-fast=y', 'repo1-retention-full=2'],
    // What is thrown away anyway need not be safe on the disk, nor small.
    ...['compress-level=1', 'archive-timeout=20'],
  ]
  const write = (stanza: readonly string[]): void => writeFileSync(config, [...lines, ...stanza, ''].join('\n'))
  write([])
  return {
    config,
    push: `${program} --config=${config} --stanza=shop archive-push %p`,
    of: ({ data, socket, port }) =>
      write(['[shop]', `pg1-path=${data}`, `pg1-port=${port}`, `pg1-socket-path=${socket}`, 'pg1-user=postgres']),
    run: (...args) =>
      runObtaining({
        command: program,
        args: [`--config=${config}`, '--stanza=shop', ...args],
        env: { PATH: process.env['PATH'], LC_ALL: 'C' },
        cwd: '/',
        account: home.account,
        deadlineMs: 60_000,
      }),
    restoreScript(name, repository) {
      const script = join(folder, name)
      const work = join(own('restored'), name)
      const more = repository === undefined ? '' : `--repo1-path='${repository}'`
      writeFileSync(script, scriptOf({ program, config, work, more, postgres: binaries.postgres }, home.account))
      chmodSync(script, 0o755)
      return script
    },
  }
}

interface Parts {
  readonly program: string
  readonly config: string
  readonly work: string
  readonly more: string
  readonly postgres: string
}

/** PostgreSQL alone, without sockets, replays the log of the backup and answers one question. It refuses to run as root. */
const scriptOf = ({ program, config, work, more, postgres }: Parts, account: Account | null): string => `#!/bin/sh
set -e
PATH=/usr/sbin:/usr/bin:/sbin:/bin
as=${account === null ? "''" : `'setpriv --reuid=${account.uid} --regid=${account.gid} --clear-groups'`}
rm -rf '${work}'
trap "rm -rf '${work}'" EXIT
cd /
$as mkdir -m 700 '${work}'
$as '${program}' --config='${config}' --stanza=shop --pg1-path='${work}' ${more} --archive-mode=off restore
echo 'select name from orders where id = 1' | $as '${postgres}' --single -D '${work}' shop > '${work}.answer' 2>&1 || true
cat '${work}.answer'
grep -q 'name = "the first"' '${work}.answer'
`
