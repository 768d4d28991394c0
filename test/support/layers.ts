import { importedFile, packageOf, type Import } from './imports.js'

/** One row of the house's table (design, section 3). */
interface Layer {
  /** Files of ours, by the beginning of their path, besides the layer's own folder. */
  readonly files: readonly string[]
  /** The same, but only by `import type`. */
  readonly types: readonly string[]
  /** Of the packages that the table speaks of: Temporal's, databases', zod. */
  readonly packages: readonly string[]
  /** Node's modules and other small libraries. */
  readonly free: boolean
  readonly why: string
}

const SPOKEN_OF = /^(@temporalio\/.*|mysql2|pg|pg-.*|zod)$/

export const LAYERS: Record<string, Layer> = {
  core: {
    files: [],
    types: [],
    packages: ['zod'],
    free: false,
    why: 'core is pure values and decisions: no I/O, no Temporal, no driver, no other folder',
  },
  databases: {
    files: ['core/'],
    types: [],
    packages: [],
    free: true,
    why: 'adapters know core and their own driver: not Temporal, not activities, not the other engine',
  },
  activities: {
    files: ['core/'],
    types: [],
    packages: ['@temporalio/activity', '@temporalio/common'],
    free: true,
    why: 'activities work over the ports in core: an adapter is handed to them by the worker',
  },
  workflows: {
    files: ['core/'],
    types: ['activities/'],
    packages: ['@temporalio/workflow', '@temporalio/common'],
    free: false,
    why: 'workflow code is replayed: no Node, no driver, and of activities only their types',
  },
  worker: {
    files: ['core/', 'databases/', 'activities/'],
    types: [],
    packages: ['@temporalio/worker'],
    free: true,
    why: 'the worker is the composition root; it knows nothing of the client, and workflows come to it as a bundle',
  },
  client: {
    files: ['core/', 'workflows/messages.ts'],
    types: ['workflows/'],
    packages: ['@temporalio/client', '@temporalio/common'],
    free: true,
    why: 'the client never opens a database: it needs only the addresses of Temporal and of the read API',
  },
}

/** The drivers of each engine's own folder. */
const DRIVERS: Record<string, readonly string[]> = {
  'databases/mysql/': ['mysql2'],
  'databases/postgres/': ['pg', 'pg-copy-streams'],
}

/** Single files with a reason of their own. */
const EXCEPTIONS: Record<string, { readonly packages: readonly string[]; readonly why: string }> = {
  'client/embedded/download-temporal.ts': {
    packages: ['@temporalio/testing'],
    why: 'a program of its own, started as a child: the SDK has its download of the Temporal CLI nowhere else',
  },
}

/** Null where the import is allowed, else the sentence that says which rule it breaks and why there is one. */
export function violation(file: string, imported: Import): string | null {
  const folder = file.split('/')[0] ?? ''
  const layer = LAYERS[folder]
  if (layer === undefined) throw new Error(`${file} lies in no layer`)
  const target = importedFile(file, imported.specifier)
  const allowed =
    target === null
      ? packageAllowed(file, layer, imported.specifier)
      : fileAllowed(file, folder, layer, target, imported)
  return allowed ? null : `${file} imports ${imported.specifier}: ${folder} may not. Why: ${layer.why}.`
}

function packageAllowed(file: string, layer: Layer, specifier: string): boolean {
  const name = packageOf(specifier)
  if (!SPOKEN_OF.test(name)) return layer.free
  const own = Object.entries(DRIVERS).find(([folder]) => file.startsWith(folder))?.[1] ?? []
  return [...layer.packages, ...own, ...(EXCEPTIONS[file]?.packages ?? [])].includes(name)
}

function fileAllowed(file: string, folder: string, layer: Layer, target: string, { typeOnly }: Import): boolean {
  if (target.startsWith(`${folder}/`)) return !crossesEngines(file, target)
  const within = (places: readonly string[]): boolean => places.some((place) => target.startsWith(place))
  return within(layer.files) || (typeOnly && within(layer.types))
}

function crossesEngines(file: string, target: string): boolean {
  const engines = Object.keys(DRIVERS)
  const of = (path: string): string | undefined => engines.find((engine) => path.startsWith(engine))
  return of(file) !== undefined && of(target) !== undefined && of(file) !== of(target)
}
