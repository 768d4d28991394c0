// Builds dist/ where a source is newer than it; says nothing where it is up to date.
import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const { include } = JSON.parse(readFileSync(join(root, 'tsconfig.build.json'), 'utf8'))

/** The newest change below a path; a folder's own time tells of a file that was removed. */
function newest(path) {
  const found = statSync(path, { throwIfNoEntry: false })
  if (!found) return 0
  if (!found.isDirectory()) return found.mtimeMs
  return Math.max(found.mtimeMs, ...readdirSync(path).map((name) => newest(join(path, name))))
}

const built = statSync(join(root, 'dist', 'workflow-bundle.js'), { throwIfNoEntry: false })?.mtimeMs ?? 0
const sources = [...include, 'tsconfig.json', 'tsconfig.build.json', 'scripts/build.mjs', 'package-lock.json']
if (sources.some((source) => newest(join(root, source)) > built)) {
  console.error('  build: dist/ is older than its sources')
  execFileSync(process.execPath, [join(root, 'scripts/build.mjs')], { stdio: 'inherit', cwd: root })
}
