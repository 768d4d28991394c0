import { z } from 'zod'
import { commandLine, oneOf, whole } from './fields.js'
import { group, text } from './group.js'
import { DEFAULT_PUBLISH } from './publish.js'
import { CONNECTION_PATTERN, looksLikeUrl } from './words.js'

export const freeSpace = commandLine('[bin/free-bytes]').meta({
  description: 'A program that prints how many bytes are free for databases, where SQL cannot tell.',
})

export const restoreTest = commandLine('[bin/restore-test]').meta({
  description: 'A program that restores the last backup and reads it; it exits with 0 where that went well.',
})

const FILES = 'must be a list of files, such as [sql/grants.sql]'

/** `publish`: how what a run built becomes what people use. */
export const publishSchema = group('mode, keep, create', {
  mode: oneOf(['rebuild', 'in-place'], 'must be rebuild or in-place')
    .meta({
      description:
        'rebuild: each run fills a database of its own, which takes the name once it is proved. in-place: the tables of the database are made anew. Without it: rebuild where the account may create databases.',
    })
    .optional(),
  keep: whole(0, 100, 'generations')
    .meta({ description: 'Previous generations that stay: there is a way back to each.' })
    .default(DEFAULT_PUBLISH.keep),
  create: group('owner, locale, grants', {
    owner: text('must be the name of a role').min(1, 'must be the name of a role').optional(),
    locale: text('must be a locale, such as C.UTF-8').min(1, 'must be a locale, such as C.UTF-8').optional(),
    grants: z
      .array(text(FILES).min(1, FILES), { error: () => FILES })
      .meta({ description: 'Files of SQL that the worker reads, with the grants of the first generation.' })
      .default([]),
  })
    .meta({ description: 'The first time: later ones take after the published one.' })
    .prefault({}),
})

/** As part of a database's name. */
export const COPY_NAME_PATTERN = /^[a-z][a-z0-9_-]{0,30}$/
const COPY_NAME = 'is no name of a copy: small letters, digits, _ and -, a letter first, at most 31'

const COPIES = 'must be a group of names, each with what holds for it, such as {ci: {keep: 5}}'

/** `copies`: what CI and developers get of each generation. */
export const copiesSchema = z
  .record(
    z.string().regex(COPY_NAME_PATTERN),
    group('keep', {
      keep: whole(1, 100, 'copies').meta({ description: 'So many of that name stay, the newest ones.' }).default(1),
    }),
    { error: ({ code }) => (code === 'invalid_key' ? COPY_NAME : COPIES) },
  )
  .meta({ description: 'What CI and developers get: copies of each generation, which itself stays closed.' })

const HOOK = 'must be one of {sql: FILE}, {command: [PROGRAM]} and {http: NAME}'

const address = text('must be the name of an address, such as ci-webhook').superRefine((value, context) => {
  if (CONNECTION_PATTERN.test(value)) return
  const message = looksLikeUrl(value)
    ? 'is a URL, and a configuration holds only names: the worker knows the URL and its secret. Write a name, such as ci-webhook'
    : 'must be the name of an address, such as ci-webhook: letters, digits, _ and -, a letter first'
  context.addIssue({ code: 'custom', message })
})

const hook = z
  .strictObject(
    {
      sql: text('must be a file of SQL').min(1, 'must be a file of SQL').optional(),
      command: commandLine('[bin/page-dba]').optional(),
      http: address.optional(),
    },
    { error: () => HOOK },
  )
  .superRefine((value, context) => {
    if (Object.keys(value).length !== 1) context.addIssue({ code: 'custom', message: HOOK })
  })

/** `hooks`: what the worker runs around a run. */
export const hooksSchema = group('before_run, after_publish, on_news, on_failure', {
  before_run: hook.meta({ description: 'One that fails ends the run before it reads.' }).optional(),
  after_publish: hook.meta({ description: 'Once what was built is what people use.' }).optional(),
  on_news: hook.meta({ description: 'Where a run has something that the one before it had not.' }).optional(),
  on_failure: hook.meta({ description: 'Where a run is not complete.' }).optional(),
})
