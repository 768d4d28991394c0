import { readFileSync } from 'node:fs'
import mysql from 'mysql2/promise'

/** The SQL files lie beside the sources; compiled code runs from dist/scripts/sample. */
const file = (name: string): string => {
  for (const base of ['./', '../../../scripts/sample/']) {
    try {
      return readFileSync(new URL(`${base}${name}`, import.meta.url), 'utf8')
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    }
  }
  throw new Error(`${name} of the sample shop is not there: is the checkout whole?`)
}

/** Drops and makes the sample shop: 21 tables, about 400,000 rows, the same in every run. Takes 5 to 10 seconds. */
export async function loadSample(serverUrl: string, database: string): Promise<{ tables: number; rows: number }> {
  const connection = await mysql.createConnection({ uri: serverUrl, multipleStatements: true, charset: 'utf8mb4' })
  const name = `\`${database}\``
  try {
    await connection.query(
      `DROP DATABASE IF EXISTS ${name}; CREATE DATABASE ${name} CHARACTER SET utf8mb4; USE ${name}`,
    )
    await connection.query(file('schema.sql'))
    await connection.query(file('data.sql'))
    const [tables] = await connection.query<mysql.RowDataPacket[]>(
      `SELECT TABLE_NAME t FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_TYPE = 'BASE TABLE'`,
    )
    const counts = tables.map((r) => `(SELECT COUNT(*) FROM \`${r['t'] as string}\`)`)
    const [[sum]] = await connection.query<mysql.RowDataPacket[]>(`SELECT ${counts.join(' + ')} AS n`)
    return { tables: tables.length, rows: Number(sum?.['n']) }
  } finally {
    await connection.end()
  }
}
