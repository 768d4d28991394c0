import mysql from 'mysql2/promise'
import type { BenchCase } from './cases/case.js'

/** The case's own database in MariaDB. */
export interface Source {
  readonly database: string
  /** `mysql://root@127.0.0.1:3306/bench_wide_123` */
  readonly url: string
  readonly seconds: number
  drop(): Promise<void>
}

/** Two statements fill the halves at the same time; the binlog is left out. Throws where the server is no MariaDB. */
export async function makeSource(serverUrl: string, bench: BenchCase): Promise<Source> {
  const database = `bench_${bench.name}_${process.pid}`
  const url = new URL(serverUrl)
  url.pathname = `/${database}`
  const drop = () => statement(serverUrl, `drop database if exists ${database}`)
  const started = performance.now()
  try {
    await drop()
    await statement(serverUrl, `create database ${database} character set utf8mb4`)
    await statement(url.href, bench.create)
    const half = Math.ceil(bench.rows / 2)
    const fills = [bench.fill(1, half), ...(half < bench.rows ? [bench.fill(half + 1, bench.rows)] : [])]
    await Promise.all(fills.map((fill) => statement(url.href, fill)))
    await statement(url.href, `analyze table ${bench.name}`)
    return { database, url: url.href, seconds: (performance.now() - started) / 1000, drop }
  } catch (error) {
    await drop()
    throw error
  }
}

async function statement(url: string, text: string): Promise<void> {
  const connection = await mysql.createConnection({ uri: url, multipleStatements: true, charset: 'utf8mb4_bin' })
  try {
    await connection.query(
      `set sql_log_bin = 0, time_zone = '+00:00', unique_checks = 0, sql_mode = 'STRICT_TRANS_TABLES'`,
    )
    await connection.query(text)
  } finally {
    await connection.end()
  }
}
