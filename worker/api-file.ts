import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { replaceFile } from './replace-file.js'

/** How commands of the same folder find a control worker that nobody told them of. */
export interface ApiFile {
  readonly format: 1
  readonly url: string
  /** Empty where the environment gave the token: whoever set it there has it, and it is not written down. */
  readonly token: string
  readonly pid: number
}

/** Where it was the last time, so that a page which somebody has open, or marked, is there again after a restart. */
export interface LastAddress {
  readonly format: 1
  readonly port: number
  /** Empty where the environment gave it. */
  readonly token: string
}

const pathIn = (home: string, name = 'api.json'): string => join(home, '.nightferry', name)

const LAST = 'api-last.json'

/** Replaces the file as a whole, readable by its owner only, in a folder that git ignores. */
export function writeApiFile(home: string, file: ApiFile): void {
  writeOwn(home, 'api.json', file)
}

export function writeLastAddress(home: string, last: LastAddress): void {
  writeOwn(home, LAST, last)
}

/** Null: there was none, or what stands there is none. */
export function readLastAddress(home: string): LastAddress | null {
  try {
    const { port, token } = JSON.parse(readFileSync(pathIn(home, LAST), 'utf8')) as Partial<LastAddress>
    const isOne = typeof port === 'number' && port > 0 && port <= 65_535 && typeof token === 'string'
    return isOne ? { format: 1, port, token } : null
  } catch {
    return null
  }
}

function writeOwn(home: string, name: string, content: ApiFile | LastAddress): void {
  mkdirSync(join(home, '.nightferry'), { recursive: true, mode: 0o700 })
  writeFileSync(pathIn(home, '.gitignore'), '*\n')
  replaceFile(pathIn(home, name), `${JSON.stringify(content, null, 2)}\n`, 0o600)
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
