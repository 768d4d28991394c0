import { expect, test } from 'vitest'
import { copied, plannedTable, throughPostgres } from '../support/mysql-copy.js'
import { quoted } from '../support/mysql-values.js'
import { randomJson } from '../support/random-json.js'
import { onMysql, onPostgres, postgresUrl, withMysqlDatabase } from '../support/servers.js'

const JSON_TEXT = { as: 'json', charset: 'utf8mb4' } as const
const TEXT = { as: 'text', charset: 'utf8mb4' } as const

/** COPY's text of one column, undone. */
const lines = (text: Buffer): string[] => text.toString().split('\n').slice(0, -1)
const unescaped = (line: string): string => line.replace(/\\(.)/g, (_, c: string) => ESCAPES[c] ?? c)
const ESCAPES: Record<string, string> = { b: '\b', t: '\t', n: '\n', v: '\v', f: '\f', r: '\r' }

/** What the copy wrote, what PostgreSQL prints for that, and what it prints for the source's own text. */
async function jsonb(
  url: string,
  type: string,
  values: readonly string[],
): Promise<Record<'written' | 'loaded' | 'parsed', string[]>> {
  const rows = values.map((value, i) => `(${i}, ${quoted(value)})`).join(', ')
  await onMysql(url, `create table v (id int primary key, v ${type}); insert into v values ${rows}`)
  const asText = lines((await copied(url, plannedTable('v', { v: TEXT }))).text).map(unescaped)
  const { text } = await copied(url, plannedTable('v', { v: JSON_TEXT }))
  const loaded = await throughPostgres(postgresUrl(), ['jsonb'], text)
  const parsed = await onPostgres(
    postgresUrl(),
    `select j::jsonb::text as j from json_array_elements_text('${JSON.stringify(asText).replaceAll("'", "''")}') as j`,
  )
  return {
    written: lines(text).map(unescaped),
    loaded: lines(loaded).map(unescaped),
    parsed: parsed.map((row) => String(row['j'])),
  }
}

const DOCUMENTS = [
  '{}',
  '[]',
  '{"b":1,"a":{"z":[],"y":{}},"aa":2,"b":3}',
  '[[[[[[]]]]]]',
  '"x"',
  '1e5',
  'null',
  '[1,2,3]',
]

test('JSON becomes what PostgreSQL makes of the same text: order, equal keys, numbers, escapes', async () => {
  await withMysqlDatabase(async (_, url) => {
    const values = [...DOCUMENTS, ...Array.from({ length: 1000 }, () => randomJson())]
    const { written, loaded, parsed } = await jsonb(url, 'longtext character set utf8mb4', values)
    expect(written).toHaveLength(values.length)
    expect(loaded).toEqual(written)
    expect(parsed).toEqual(written)
  }, 'copy_json')
})

test("the source's own JSON type becomes what PostgreSQL makes of its text", async () => {
  await withMysqlDatabase(async (_, url) => {
    const values = [...DOCUMENTS, ...Array.from({ length: 300 }, () => randomJson(3))]
    const { written, loaded, parsed } = await jsonb(url, 'json', values)
    expect(written).toHaveLength(values.length)
    expect(loaded).toEqual(written)
    expect(parsed).toEqual(written)
  }, 'copy_json')
})

test('large and deep JSON takes neither the stack nor wrong turns', async () => {
  await withMysqlDatabase(async (_, url) => {
    const deep = '['.repeat(3000) + ']'.repeat(3000)
    const keys = Object.fromEntries(Array.from({ length: 60_000 }, (__, i) => [`k${(i * 7919) % 60_000}`, `v\\${i}`]))
    const { written, loaded, parsed } = await jsonb(url, 'longtext character set utf8mb4', [deep, JSON.stringify(keys)])
    expect(written).toHaveLength(2)
    expect(loaded).toEqual(written)
    expect(parsed).toEqual(written)
  }, 'copy_json')
})
