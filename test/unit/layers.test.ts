import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { importsOf, readSource, sourcesBelow } from '../support/imports.js'
import { LAYERS, violation } from '../support/layers.js'

const root = fileURLToPath(new URL('../../', import.meta.url))

describe('the house', () => {
  test.each(Object.keys(LAYERS))('has files in %s, and each imports only what its layer may', (folder) => {
    const files = sourcesBelow(root, folder)
    expect(files.length, `no file found in ${folder}/: the test saw nothing`).toBeGreaterThan(0)
    const imports = files.flatMap((file) => importsOf(readSource(root, file)).map((found) => ({ file, found })))
    expect(imports.length, `no import found in ${folder}/: the test saw nothing`).toBeGreaterThan(0)
    const broken = imports.map(({ file, found }) => violation(file, found)).filter((sentence) => sentence !== null)
    expect(broken).toEqual([])
  })
})

describe('an import', () => {
  test.each([
    ["import { a } from './b.js'", './b.js', false],
    ["import type { A } from './b.js'", './b.js', true],
    ["import { type A } from './b.js'", './b.js', false],
    ["import {\n  a,\n  b,\n} from 'pg'", 'pg', false],
    ["import a, * as b from 'pg'", 'pg', false],
    ["import 'node:fs'", 'node:fs', false],
    ["export * from '../x.js'", '../x.js', false],
    ["export type { A } from '../x.js'", '../x.js', true],
    ["const a = await import('pg')", 'pg', false],
    ["const a = require('pg')", 'pg', false],
  ])('is seen in %j', (source, specifier, typeOnly) => {
    expect(importsOf(source)).toEqual([{ specifier, typeOnly }])
  })

  const value = (specifier: string) => ({ specifier, typeOnly: false })
  const type = (specifier: string) => ({ specifier, typeOnly: true })

  test.each([
    ['core/run.ts', value('node:fs')],
    ['core/run.ts', value('mysql2')],
    ['core/run.ts', type('../databases/mysql/adapter.js')],
    ['core/run.ts', value('yaml')],
    ['databases/mysql/adapter.ts', value('pg')],
    ['databases/mysql/adapter.ts', value('../postgres/adapter.js')],
    ['databases/postgres/adapter.ts', value('mysql2/promise')],
    ['databases/postgres/adapter.ts', type('../../activities/copy.js')],
    ['databases/postgres/adapter.ts', value('@temporalio/activity')],
    ['activities/copy.ts', type('../databases/mysql/adapter.js')],
    ['activities/copy.ts', value('../workflows/run.js')],
    ['workflows/run.ts', value('../activities/copy.js')],
    ['workflows/run.ts', value('node:crypto')],
    ['workflows/run.ts', value('../worker/main.js')],
    ['worker/main.ts', value('../client/main.js')],
    ['worker/main.ts', value('../workflows/run.js')],
    ['client/main.ts', value('../workflows/run.js')],
    ['client/main.ts', value('../databases/mysql/adapter.js')],
    ['client/main.ts', value('@temporalio/testing')],
    ['client/main.ts', value('pg')],
  ])('in %s of %j is refused, with the reason', (file, imported) => {
    expect(violation(file, imported)).toMatch(/imports .*: \w+ may not\. Why: /)
  })

  test.each([
    ['core/config/schema.ts', value('zod')],
    ['core/config/schema.ts', value('../run.js')],
    ['databases/mysql/adapter.ts', value('mysql2/promise')],
    ['databases/postgres/copy.ts', value('pg-copy-streams')],
    ['activities/copy.ts', value('@temporalio/activity')],
    ['workflows/run.ts', type('../activities/copy.js')],
    ['worker/main.ts', value('../databases/mysql/adapter.js')],
    ['client/main.ts', value('../workflows/messages.js')],
    ['client/main.ts', type('../workflows/run.js')],
    ['client/main.ts', value('commander')],
    ['client/embedded/download-temporal.ts', value('@temporalio/testing')],
  ])('in %s of %j is allowed', (file, imported) => {
    expect(violation(file, imported)).toBeNull()
  })
})
