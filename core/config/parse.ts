import type { z } from 'zod'
import { parseZeroDatePolicy } from '../casts/zero-date.js'
import { MOST_PUBLISHED_BYTES } from '../generation.js'
import { nearest, sentenceList, utf8Length } from '../text.js'
import { WINDOW_NEEDS_BEST_EFFORT } from '../window.js'
import { parseBytes } from './bytes.js'
import { formatDuration, parseDuration } from './durations.js'
import { LATER_KEYS, placeOf } from './later.js'
import { nightsFrom } from './nights.js'
import { configSchema, type WrittenConfig } from './schema.js'
import { parseShare } from './shares.js'
import type { CastRule, Config, ConsistencyConfig } from './types.js'
import { looksLikeUrl } from './words.js'

export type ConfigPath = readonly (string | number)[]

/** One thing that is wrong. `value` is what stands there, or `undefined` where nothing does; never a URL. */
export interface ConfigIssue {
  readonly path: ConfigPath
  readonly value: unknown
  readonly message: string
}

export type ParsedConfig =
  { readonly ok: true; readonly config: Config } | { readonly ok: false; readonly issues: readonly ConfigIssue[] }

/** Judges a whole configuration and says everything that is wrong with it at once. `value` is what YAML or JSON held. */
export function parseConfig(value: unknown): ParsedConfig {
  const parsed = configSchema.safeParse(value)
  if (!parsed.success)
    return { ok: false, issues: parsed.error.issues.filter(isFirst).flatMap((issue) => issuesOf(issue, value)) }
  const config = configOf(parsed.data)
  const issues = misfits(config)
  return issues.length === 0 ? { ok: true, config } : { ok: false, issues }
}

/** Keys that are right alone, and not together. */
function misfits({ source, target, consistency, limits, schedule, publish, copies }: Config): ConfigIssue[] {
  const issues: ConfigIssue[] = []
  if (source.connection === target.connection) {
    const message = 'is the source as well: a migration needs two connections'
    issues.push({ path: ['target', 'connection'], value: target.connection, message })
  }
  if (target.application === source.connection) {
    const message = "is the source: name a connection to the target, as the application's own role"
    issues.push({ path: ['target', 'application'], value: target.application, message })
  }
  if (limits.window !== undefined && consistency?.read !== 'best-effort')
    issues.push({ path: ['limits', 'window'], value: limits.window, message: WINDOW_NEEDS_BEST_EFFORT })
  if (schedule && schedule.jitterMs >= schedule.catchUpMs) {
    const message = 'must be shorter than catch_up, or nights come too late by chance'
    issues.push({ path: ['schedule', 'jitter'], value: formatDuration(schedule.jitterMs), message })
  }
  if (publish?.mode === 'in-place' && copies !== undefined) {
    const message = 'needs publish.mode: rebuild: what is built in place is what people use already'
    issues.push({ path: ['copies'], value: copies, message })
  }
  if (publish?.mode === 'rebuild' && utf8Length(target.database ?? '') > MOST_PUBLISHED_BYTES) {
    const message = `must be at most ${MOST_PUBLISHED_BYTES} bytes long, because each run's database has its id behind that name`
    issues.push({ path: ['target', 'database'], value: target.database, message })
  }
  return issues
}

/** Where a key is strange, what else is said about its group is about that key too. */
function isFirst(issue: z.core.$ZodIssue, _index: number, all: readonly z.core.$ZodIssue[]): boolean {
  const strangers = all.filter((other) => other.code === 'unrecognized_keys' && other !== issue)
  return issue.code !== 'custom' || !strangers.some((other) => other.path.join('\0') === issue.path.join('\0'))
}

function issuesOf(issue: z.core.$ZodIssue, root: unknown): ConfigIssue[] {
  const path = issue.path.map((step) => (typeof step === 'number' ? step : String(step)))
  if (issue.code !== 'unrecognized_keys') return [{ path, value: shown(root, path), message: issue.message }]
  // Without its value: a key that nobody knows may well be `password`.
  return issue.keys.map((key) => ({ path: [...path, key], value: undefined, message: strange(path, key) }))
}

function strange(path: ConfigPath, key: string): string {
  const place = placeOf(path)
  if (LATER_KEYS[place]?.includes(key)) return 'is not there yet: it comes with later work, so take it out for now'
  const known = keysAt(path)
  const near = nearest(key, [...known, ...(LATER_KEYS[place] ?? [])])
  const where = place === '' ? '' : ` of ${place === 'casts[]' ? 'a cast rule' : place}`
  return `is no key${where}: ${near ? `did you mean ${near}?` : `there is ${sentenceList(known)}`}`
}

/** The keys that the schema knows at a path, taken from the schema itself so that the two cannot differ. */
function keysAt(path: ConfigPath): string[] {
  let here: z.core.$ZodType = configSchema
  for (const step of path) {
    const inner = unwrapped(here)
    if (inner.def.type === 'array') here = (inner as z.ZodArray).element
    else if (inner.def.type === 'record') here = (inner as z.ZodRecord).valueType
    else here = (inner as z.ZodObject).shape[step] as z.core.$ZodType
  }
  return Object.keys((unwrapped(here) as z.ZodObject).shape)
}

function unwrapped(type: z.core.$ZodType): z.ZodType {
  let here = type as z.ZodType
  while (['default', 'prefault', 'optional'].includes(here.def.type))
    here = (here as z.ZodOptional<z.ZodType>).def.innerType
  return here
}

function at(root: unknown, path: ConfigPath): unknown {
  return path.reduce<unknown>((here, step) => (here as Record<string | number, unknown> | undefined)?.[step], root)
}

/** A URL may hold a password, and issues are printed. A /pattern/ only looks like one where a connection is asked for. */
function shown(root: unknown, path: ConfigPath): unknown {
  const value = at(root, path)
  if (typeof value !== 'string') return value
  const where = path.at(-1)
  const secret = value.includes('://') || ((where === 'connection' || where === 'database') && looksLikeUrl(value))
  return secret ? '(hidden)' : value
}

function configOf(written: WrittenConfig): Config {
  return {
    migration: written.migration,
    source: written.source,
    target: targetFrom(written.target),
    tables: written.tables,
    casts: written.casts.map(ruleOf),
    consistency: consistencyFrom(written.consistency),
    verify: { witness: parseShare(String(written.verify.witness)) ?? 0 },
    limits: {
      parallelism: written.limits.parallelism,
      chunkBytes: parseBytes(String(written.limits.chunk_bytes))!,
      // Absent where they say nothing, as in versions that were stored before there were such keys.
      ...(written.limits.rows_per_second > 0 && { rowsPerSecond: written.limits.rows_per_second }),
      ...(written.limits.window !== undefined && { window: written.limits.window }),
    },
    ...nightsFrom(written),
  }
}

function targetFrom(written: WrittenConfig['target']): Config['target'] {
  const { connection, database, schema, application, restore_test: restoreTest, free_space: freeSpace } = written
  return {
    ...{ connection, database: database ?? null, schema },
    ...(application !== undefined && { application }),
    ...(restoreTest !== undefined && { restoreTest }),
    ...(freeSpace !== undefined && { freeSpace }),
  }
}

const consistencyFrom = (written: WrittenConfig['consistency']): ConsistencyConfig => ({
  read: written.read ?? null,
  lockTimeoutMs: parseDuration(String(written.lock_timeout))!,
  holdMs: parseDuration(String(written.hold))!,
  onLost: written.on_lost,
  uncovered: written.uncovered,
})

function ruleOf(written: WrittenConfig['casts'][number]): CastRule {
  const { type, column, to, on_zero_date: zero } = written
  const onZeroDate = zero === undefined ? null : parseZeroDatePolicy(zero ?? 'null')
  return {
    ...(type !== undefined && { type }),
    ...(column !== undefined && { column }),
    ...(to !== undefined && { to }),
    ...(onZeroDate && { onZeroDate }),
  }
}
