import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Log } from '../../core/log.js'

/**
 * Leaves what a hook printed where only this account reads it: one file for each migration and moment, so that they do not
 * grow with the nights. A folder that cannot be written is said, and is no failure of the hook.
 */
export async function keepOutput(home: string, file: string, head: string, output: string, log: Log): Promise<void> {
  const folder = join(home, '.nightferry', 'hooks')
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    await writeFile(join(home, '.nightferry', '.gitignore'), '*\n')
    await writeFile(join(folder, `${file}.log`), `${new Date().toISOString()} ${head}\n${output}`, { mode: 0o600 })
  } catch (error) {
    log('the output of a hook could not be kept', { reason: (error as NodeJS.ErrnoException).code })
  }
}
