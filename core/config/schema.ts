import { z } from 'zod'
import { parseZeroDatePolicy } from '../casts/zero-date.js'
import { utf8Length } from '../text.js'
import { BYTES_PATTERN, parseBytes } from './bytes.js'
import { consistencySchema, verifySchema } from './consistency-schema.js'
import { group, text } from './group.js'
import { rowsPerSecond, windowHours } from './limits-schema.js'
import { copiesSchema, freeSpace, hooksSchema, publishSchema, restoreTest } from './publish-schema.js'
import { scheduleSchema } from './schedule-schema.js'
import { CONNECTION_PATTERN, looksLikeUrl, tablePatternProblem, URL_AS_CONNECTION } from './words.js'

/** The name of a migration: part of workflow ids, file names and addresses, so it is plain. */
export const MIGRATION_PATTERN = /^[a-z][a-z0-9_-]{0,40}$/
export const DEFAULT_PARALLELISM = 4
export const MAX_PARALLELISM = 64
export const DEFAULT_CHUNK_BYTES = '64MB'

const migration = text('must be a name such as shop: small letters, digits, _ and -, a letter first, at most 41').regex(
  MIGRATION_PATTERN,
  { error: 'must be a name such as shop: small letters, digits, _ and -, a letter first, at most 41', abort: true },
)

const connection = text('must be the name of a connection, such as shop-mysql').superRefine((value, context) => {
  if (looksLikeUrl(value)) context.addIssue({ code: 'custom', message: URL_AS_CONNECTION })
  else if (!CONNECTION_PATTERN.test(value))
    context.addIssue({
      code: 'custom',
      message: 'must be the name of a connection, such as shop-mysql: letters, digits, _ and -, a letter first',
    })
})

const databaseName = text('must be the name of a database').superRefine((value, context) => {
  if (looksLikeUrl(value)) context.addIssue({ code: 'custom', message: URL_AS_CONNECTION })
  else if (value === '' || utf8Length(value) > 63)
    context.addIssue({ code: 'custom', message: 'must be the name of a database, of 1 to 63 bytes' })
})

const schemaName = text('must be the name of a schema, such as public').superRefine((value, context) => {
  if (value === '' || utf8Length(value) > 63)
    context.addIssue({ code: 'custom', message: 'must be the name of a schema, of 1 to 63 bytes' })
  else if (value === 'nightferry')
    context.addIssue({
      code: 'custom',
      message: 'is where Nightferry keeps its own records: choose another, such as public',
    })
  else if (value.startsWith('pg_') || value === 'information_schema')
    context.addIssue({ code: 'custom', message: 'belongs to PostgreSQL itself: choose another, such as public' })
})

const tablePattern = text('must be the name of a table, or a /pattern/').superRefine((value, context) => {
  const problem = tablePatternProblem(value)
  if (problem) context.addIssue({ code: 'custom', message: problem })
})

const tableList = (example: string) =>
  z.array(tablePattern, { error: `must be a list of names or /patterns/, such as ${example}` })

const ZERO_DATE = 'must be refuse, null, or a date that takes its place, such as 1970-01-01 or -infinity'
const zeroDate = z
  .union([z.string(), z.null()], { error: () => ZERO_DATE })
  .refine((value) => value === null || parseZeroDatePolicy(value) !== null, { error: ZERO_DATE })

const castRule = z
  .strictObject(
    {
      type: text('must be a type as the source declares it, such as tinyint(1)')
        .min(1, 'must be a type as the source declares it, such as tinyint(1)')
        .meta({
          description:
            'A type as the source declares it: tinyint(1), int unsigned, datetime. Modifiers that are left out match any.',
        })
        .optional(),
      column: text('must be a column, as table.column')
        .regex(/^[^.]+\..+$/, 'must be a column, as table.column')
        .meta({ description: 'One column, as table.column.' })
        .optional(),
      to: text('must be a type of PostgreSQL, such as smallint')
        .min(1, 'must be a type of PostgreSQL, such as smallint')
        .meta({ description: 'The type in PostgreSQL.' })
        .optional(),
      on_zero_date: zeroDate
        .meta({
          description:
            'What becomes of a date that no calendar has (0000-00-00, 2020-00-15): refuse (the row stops its table), null, or a date that takes its place.',
        })
        .optional(),
    },
    { error: () => 'must be a rule such as {type: tinyint(1), to: smallint}' },
  )
  .superRefine((rule, context) => {
    if ((rule.type === undefined) === (rule.column === undefined))
      context.addIssue({ code: 'custom', message: 'must have either type or column: what the rule is about' })
    if (rule.to === undefined && rule.on_zero_date === undefined)
      context.addIssue({ code: 'custom', message: 'must have to or on_zero_date: what the rule does' })
  })

const CHUNK_BYTES = 'must be a size of at least 1B, such as 64MB'
const bytes = z
  .union([z.number(), z.string().meta({ pattern: BYTES_PATTERN.source })], { error: () => CHUNK_BYTES })
  .refine((value) => parseBytes(String(value)) !== null, { error: CHUNK_BYTES })

const PARALLELISM = `must be a whole number from 1 to ${MAX_PARALLELISM}`
const parallelism = z
  .int({ error: () => PARALLELISM })
  .min(1, PARALLELISM)
  .max(MAX_PARALLELISM, PARALLELISM)

/** The configuration as it is written: snake_case, defaults left out. Its JSON schema is what editors get. */
export const configSchema = group('migration, source and target', {
  migration: migration.meta({ description: 'The name of the migration, for all its life.' }),
  source: group('connection', {
    connection: connection.meta({
      pattern: CONNECTION_PATTERN.source,
      description: 'The name of the connection to read from. The worker knows its URL.',
    }),
  }),
  target: group('connection, database, schema, application, restore_test, free_space', {
    connection: connection.meta({
      pattern: CONNECTION_PATTERN.source,
      description: 'The name of the connection to write to. The worker knows its URL.',
    }),
    database: databaseName
      .meta({ description: 'The database to fill; without it, the one that the connection names.' })
      .optional(),
    schema: schemaName.meta({ description: 'The schema to make the tables in.' }).default('public'),
    application: connection
      .meta({
        pattern: CONNECTION_PATTERN.source,
        description: "A connection as the application's own role: the target's fitness logs in with it.",
      })
      .optional(),
    restore_test: restoreTest.optional(),
    free_space: freeSpace.optional(),
  }),
  tables: group('include and exclude', {
    include: tableList('["*"]').meta({ description: 'Tables to take, by name or /pattern/.' }).default(['*']),
    exclude: tableList('[sessions, "/^tmp_/"]')
      .meta({ description: 'Tables to leave, by name or /pattern/. One that matches nothing is an error.' })
      .default([]),
  }).prefault({}),
  casts: z
    .array(castRule, { error: () => 'must be a list of rules, such as - {type: tinyint(1), to: smallint}' })
    .meta({ description: 'Rules that come before those of the house. The first that matches wins.' })
    .default([]),
  consistency: consistencySchema.prefault({}),
  verify: verifySchema.prefault({}),
  limits: group('parallelism, chunk_bytes, rows_per_second, window', {
    parallelism: parallelism
      .meta({ description: 'Copying sessions of a run, over all tables and processes.' })
      .default(DEFAULT_PARALLELISM),
    chunk_bytes: bytes
      .meta({ description: 'The largest chunk: what one transaction copies, and at most what is done again.' })
      .default(DEFAULT_CHUNK_BYTES),
    rows_per_second: rowsPerSecond,
    window: windowHours.optional(),
  }).prefault({}),
  schedule: scheduleSchema.optional(),
  publish: publishSchema.prefault({}),
  copies: copiesSchema.optional(),
  hooks: hooksSchema.optional(),
})

export type WrittenConfig = z.output<typeof configSchema>
