import { readdirSync, readFileSync } from 'node:fs'
import { join, posix, relative, sep } from 'node:path'

export interface Import {
  /** As written: `../core/run.js`, `node:fs`, `@temporalio/client`. */
  readonly specifier: string
  /** Erased by the compiler: `import type`. An `import { type A }` is not: it still loads the module. */
  readonly typeOnly: boolean
}

// Sources are formatted by prettier, so a statement starts its line; a list of names may take several.
const STATEMENT = /^(?:import|export)\s+(type\s+)?(?:\*|\{|[\w$]+)[^'"`;]*?\bfrom\s+['"]([^'"]+)['"]/gm
const SIDE_EFFECT = /^import\s+['"]([^'"]+)['"]/gm
const CALL = /\b(?:import|require|require\.resolve)\(\s*['"]([^'"]+)['"]/g

export function importsOf(source: string): Import[] {
  return [
    ...[...source.matchAll(STATEMENT)].map(([, type, specifier = '']) => ({ specifier, typeOnly: type !== undefined })),
    ...[...source.matchAll(SIDE_EFFECT)].map(([, specifier = '']) => ({ specifier, typeOnly: false })),
    ...[...source.matchAll(CALL)].map(([, specifier = '']) => ({ specifier, typeOnly: false })),
  ]
}

/** The TypeScript files below a folder of the repository, as `core/plan/types.ts`. */
export function sourcesBelow(root: string, folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join('/'))
}

export const readSource = (root: string, file: string): string => readFileSync(join(root, file), 'utf8')

/** A relative specifier as the file it names, `core/run.ts`; null for a package or a part of Node. */
export function importedFile(from: string, specifier: string): string | null {
  if (!specifier.startsWith('.')) return null
  return posix.join(posix.dirname(from), specifier).replace(/\.js$/, '.ts')
}

/** `@temporalio/client` of `@temporalio/client/lib/x`, `pg` of `pg/lib/x`. */
export function packageOf(specifier: string): string {
  const parts = specifier.split('/')
  return specifier.startsWith('@') ? parts.slice(0, 2).join('/') : (parts[0] ?? specifier)
}
