import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** How commands of the same folder find a control worker that nobody told them of. */
export interface ApiFile {
  readonly format: 1
  readonly url: string
  /** Empty where the environment gave the token: whoever set it there has it, and it is not written down. */
  readonly token: string
  readonly pid: number
}

const pathIn = (home: string): string => join(home, '.nightferry', 'api.json')

/** Replaces the file as a whole, readable by its owner only, in a folder that git ignores. */
export function writeApiFile(home: string, file: ApiFile): void {
  const folder = join(home, '.nightferry')
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  writeFileSync(join(folder, '.gitignore'), '*\n')
  const draft = `${pathIn(home)}.${process.pid}.tmp`
  writeFileSync(draft, `${JSON.stringify(file, null, 2)}\n`, { mode: 0o600 })
  renameSync(draft, pathIn(home))
}

/** Removes it, unless another worker wrote it since. */
export function removeApiFile(home: string): void {
  try {
    const file = JSON.parse(readFileSync(pathIn(home), 'utf8')) as Partial<ApiFile>
    if (file.pid === process.pid) rmSync(pathIn(home), { force: true })
  } catch {
    // Not there, or not ours: nothing to remove.
  }
}
