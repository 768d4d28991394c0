import { renameSync, writeFileSync } from 'node:fs'

/** The file as a whole, or as it was: whoever reads it meanwhile sees no half of it. `mode`: of a new file. Repeatable. */
export function replaceFile(path: string, content: string, mode = 0o666): void {
  const draft = `${path}.${process.pid}.tmp`
  writeFileSync(draft, content, { mode })
  renameSync(draft, path)
}
