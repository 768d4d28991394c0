import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { importsOf, readSource, sourcesBelow } from '../support/imports.js'

const root = fileURLToPath(new URL('../../', import.meta.url))

test('the independent check shares no code with the product', () => {
  const files = sourcesBelow(root, 'scripts/independent-check')
  const imports = files.flatMap((file) => importsOf(readSource(root, file)).map(({ specifier }) => specifier))
  expect(new Set(imports.filter((specifier) => !specifier.startsWith('./')))).toEqual(
    new Set(['mysql2/promise', 'node:util', 'pg']),
  )
})
