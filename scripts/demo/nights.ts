import mysql from 'mysql2/promise'
import { nightferry, nightferryHead } from './commands.js'

/** What a day of other people's work may leave in the source. */
const A_DAY = [
  'ALTER TABLE customers ADD birthday_mail tinyint(1) NOT NULL DEFAULT 0',
  'CREATE TABLE gift_cards (id int NOT NULL AUTO_INCREMENT PRIMARY KEY, worth decimal(8,2) NOT NULL, sold datetime NOT NULL)',
  `INSERT INTO gift_cards (worth, sold) SELECT 10 + id % 90, '2026-11-20 12:00:00' FROM customers LIMIT 500`,
  'ALTER TABLE orders ADD KEY by_shipping (shipped_on)',
  `INSERT INTO settings SELECT concat('feature-', id), 'on', 1 FROM customers ORDER BY id LIMIT 200`,
]

export interface Nights {
  readonly folder: string
  /** Of the source's database. */
  readonly source: string
  readonly signal: AbortSignal
  readonly say: (text: string) => void
}

/** Two nights: one on the source as it was, one after a day of changes. The exit code of the first that does not come through. */
export async function twoNights({ folder, source, signal, say }: Nights): Promise<number> {
  const typed = async (command: string): Promise<number> => {
    say(`\n$ nightferry ${command}`)
    return await nightferry(command.split(' '), folder, signal)
  }
  const night = async (lines: number): Promise<number> => {
    const asked = await typed('schedule shop --now')
    if (asked !== 0) return asked
    say(`\n$ nightferry status shop --watch | head -n ${lines}`)
    return await nightferryHead(['status', 'shop', '--watch'], lines, folder, signal)
  }
  const first = (await typed('schedule shop')) || (await night(QUIET))
  if (first !== 0) return first
  say(`\nA day passes in the source:\n${A_DAY.map((sql) => `  ${sql}`).join('\n')}`)
  await change(source)
  return await night(NEWS)
}

/** Lines of a report: how it ended, what became of it, and the news. The tables below them the first run has shown. */
const [QUIET, NEWS] = [4, 12]

async function change(source: string): Promise<void> {
  const connection = await mysql.createConnection({ uri: source, charset: 'utf8mb4' })
  try {
    for (const sql of A_DAY) await connection.query(sql)
  } finally {
    await connection.end()
  }
}
