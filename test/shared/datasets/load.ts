import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import mysql from 'mysql2/promise'
import { dataset } from '../../support/servers.js'
import { statementsOf } from './split-sql.js'

/** What each comes with, as the README beside the files says. */
export const DATASETS = {
  sakila: { names: 'sakila', tables: 16, rows: 47_273, foreignKeys: 22 },
  chinook: { names: 'Chinook', tables: 11, rows: 15_607, foreignKeys: 11 },
  northwind: { names: 'northwind', tables: 20, rows: 511, foreignKeys: 21 },
  employees: { names: 'employee', tables: 6, rows: 130_783, foreignKeys: 6 },
} as const

export type DatasetName = keyof typeof DATASETS

const gz = (name: string): string => gunzipSync(readFileSync(dataset(name))).toString('utf8')

const SCRIPTS: Record<DatasetName, () => string[]> = {
  sakila: () => [gz('sakila-mv-schema.sql.gz'), gz('sakila-mv-data.sql.gz')],
  chinook: () => [gz('Chinook_MySql.sql.gz')],
  northwind: () => [gz('northwind-mysql-schema.sql.gz'), gz('northwind-mysql-data.sql.gz')],
  employees: () => fromArchive('employees-large-10k.tar.gz', ['employee.sql', 'object.sql']),
}

/** Loads a dataset with its views, triggers and routines into a new database of another name, from Node alone. */
export async function loadDataset(name: DatasetName, serverUrl: string, database: string): Promise<void> {
  const connection = await mysql.createConnection({ uri: serverUrl, charset: 'utf8mb4' })
  try {
    await connection.query(`CREATE DATABASE \`${database}\``)
    await connection.query(`USE \`${database}\``)
    // One commit, and not one for each of the thousands of statements.
    await connection.query('SET autocommit = 0')
    for (const script of SCRIPTS[name]())
      for (const statement of statementsOf(script)) {
        if (/^(?:use|(?:drop|create)\s+(?:database|schema))\b/i.test(statement)) continue
        await connection.query(withoutDatabase(statement, DATASETS[name].names))
      }
    await connection.query('COMMIT')
  } finally {
    await connection.end()
  }
}

/** Rows are left as they are: a value may hold the database's name. */
const withoutDatabase = (statement: string, database: string): string =>
  /^insert/i.test(statement) ? statement : statement.replaceAll(new RegExp(`(\`?)\\b${database}\\b\\1\\.`, 'g'), '')

/** The archive's scripts, with what they `source` in its place. */
function fromArchive(archive: string, names: readonly string[]): string[] {
  const folder = mkdtempSync(join(tmpdir(), 'dataset-'))
  try {
    execFileSync('tar', ['-xzf', dataset(archive), '-C', folder])
    const read = (name: string): string =>
      readFileSync(join(folder, name), 'utf8').replaceAll(/^source (\S+) *;/gm, (_, file: string) => read(file))
    return names.map(read)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
