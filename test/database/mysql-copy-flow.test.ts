import { createHash } from 'node:crypto'
import { createConnection } from 'mysql2'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { WHOLE } from '../../core/key-range.js'
import type { RowSink } from '../../core/ports.js'
import { copyRange } from '../../databases/mysql/copy.js'
import { Collector, openCopySession, plannedTable, withCopySession } from '../support/mysql-copy.js'
import { mysqlUrl, onMysql, uniqueName } from '../support/servers.js'

const text = { as: 'text', charset: 'utf8mb4' } as const
const name = uniqueName('copy_flow')
const url = mysqlUrl(name)

/** Rows: 100,000 of about 200 bytes. */
const ROWS = plannedTable('many', { id: { as: 'integer' }, v: text })

beforeAll(async () => {
  await onMysql(
    mysqlUrl(),
    `create database ${name}; use ${name};
    create table digits (d int); insert into digits values (0),(1),(2),(3),(4),(5),(6),(7),(8),(9);
    create table many (id int primary key, v varchar(300));
    insert into many select a.d*10000+b.d*1000+c.d*100+d.d*10+e.d, repeat('row ', 50) from digits a, digits b, digits c, digits d, digits e`,
  )
})
afterAll(async () => {
  await onMysql(mysqlUrl(), `drop database ${name}`)
})

/** Takes a block, says it is full, and drains only when it is told to. */
class StallingSink implements RowSink {
  readonly sizes: number[] = []
  #fail: (error: Error) => void = () => {}
  readonly failed = new Promise<never>((_, reject) => (this.#fail = reject))
  #release: (() => void) | null = null
  #asked: () => void = () => {}
  /** Resolves when the reader waits. */
  asked = new Promise<void>((resolve) => (this.#asked = resolve))
  onBlock: (block: Uint8Array) => void = () => {}

  write(block: Uint8Array): boolean {
    this.sizes.push(block.length)
    this.onBlock(block)
    return false
  }
  drained(): Promise<void> {
    return new Promise((resolve) => {
      this.#release = resolve
      this.#asked()
    })
  }
  release(): void {
    this.asked = new Promise<void>((resolve) => (this.#asked = resolve))
    this.#release?.()
  }
  fail(error: Error): void {
    this.#fail(error)
  }
}

const options = { signal: new AbortController().signal }

describe('a sink that is full', () => {
  test('gets no more than the blocks of one row before it has drained, and every byte in the end', async () => {
    await withCopySession(url, async ({ raw }) => {
      const sink = new StallingSink()
      const hash = createHash('sha256')
      sink.onBlock = (block) => hash.update(block)
      const all = copyRange(raw, ROWS, WHOLE, sink, options)
      let ended = false
      void all.then(() => (ended = true))
      let waits = 0
      for (;;) {
        const before = sink.sizes.length
        await Promise.race([sink.asked, all])
        if (ended) break
        expect(sink.sizes.length - before).toBeLessThanOrEqual(1)
        waits++
        sink.release()
      }
      const counts = await all
      expect(waits).toBeGreaterThan(50)
      expect(counts.rows).toBe(100_000)
      expect(counts.bytes).toBe(sink.sizes.reduce((a, b) => a + b))

      const straight = new Collector()
      await copyRange(raw, ROWS, WHOLE, straight, options)
      expect(hash.digest('hex')).toBe(createHash('sha256').update(straight.text).digest('hex'))
    })
  })

  test('does not keep an abort waiting, and the server is rid of the reader', async () => {
    const session = await openCopySession(url)
    const sink = new StallingSink()
    const abort = new AbortController()
    const copy = copyRange(session.raw, ROWS, WHOLE, sink, { signal: abort.signal })
    await sink.asked
    const started = performance.now()
    abort.abort(new Error('held'))
    await expect(copy).rejects.toThrow('held')
    expect(performance.now() - started).toBeLessThan(1000)
    await expect
      .poll(
        async () =>
          await onMysql(mysqlUrl(), `select id from information_schema.processlist where id = ${session.threadId}`),
        { timeout: 10_000 },
      )
      .toEqual([])
  })

  test('that fails stops the copy with its own error', async () => {
    await withCopySession(url, async ({ raw }) => {
      const sink = new StallingSink()
      const copy = copyRange(raw, ROWS, WHOLE, sink, options)
      await sink.asked
      sink.fail(new Error('the target is gone'))
      await expect(copy).rejects.toThrow('the target is gone')
    })
  })
})

describe('a server that stalls or breaks off', () => {
  test('does not keep an abort waiting', async () => {
    const locker = createConnection({ uri: url })
    try {
      await locker.promise().query('lock tables many write')
      const { raw } = await openCopySession(url)
      const abort = new AbortController()
      const copy = copyRange(raw, ROWS, WHOLE, new Collector(), { signal: abort.signal })
      const started = performance.now()
      setImmediate(() => abort.abort(new Error('held')))
      await expect(copy).rejects.toThrow('held')
      expect(performance.now() - started).toBeLessThan(1000)
    } finally {
      locker.destroy()
    }
  })

  test('an aborted signal reads nothing', async () => {
    await withCopySession(url, async ({ raw }) => {
      const signal = AbortSignal.abort(new Error('held before'))
      await expect(copyRange(raw, ROWS, WHOLE, new Collector(), { signal })).rejects.toThrow('held before')
    })
  })

  test.each([
    ['kill query', { errno: 1317 }],
    ['kill', {}],
  ])('%s in the middle of the rows is an error, never an end', async (kill, expected) => {
    const session = await openCopySession(url)
    const sink = new StallingSink()
    const copy = copyRange(session.raw, ROWS, WHOLE, sink, options)
    const error = copy.catch((e: unknown) => e)
    await sink.asked
    await onMysql(mysqlUrl(), `${kill} ${session.threadId}`)
    let ended = false
    void error.then(() => (ended = true))
    while (!ended) {
      sink.release()
      await Promise.race([sink.asked, error])
    }
    expect(await error).toBeInstanceOf(Error)
    expect(await error).toMatchObject(expected)
  })

  test("an error before the first row is the server's own, and the connection's charset is as it was", async () => {
    await withCopySession(url, async ({ raw }) => {
      const none = plannedTable('missing', { id: { as: 'integer' }, v: { as: 'text', charset: 'latin1' } })
      await expect(copyRange(raw, none, WHOLE, new Collector(), options)).rejects.toMatchObject({ errno: 1146 })
    })
  })
})

describe('a connection', () => {
  test('goes on to the next range, and to the driver, when a copy has ended', async () => {
    await withCopySession(url, async ({ raw }) => {
      const latin1 = plannedTable('many', { id: { as: 'integer' }, v: { as: 'text', charset: 'latin1' } })
      for (const table of [ROWS, latin1, ROWS]) {
        const sink = new Collector()
        const { rows } = await copyRange(raw, table, { from: ['500'], to: ['510'] }, sink, options)
        expect(rows).toBe(10)
        const [charset] = await new Promise<{ v: string }[]>((resolve, reject) =>
          raw.query('select @@character_set_results as v', (e, r) => (e ? reject(e) : resolve(r as never))),
        )
        expect(charset?.v).toBe('utf8mb4')
      }
    })
  })

  test('tells its progress at most every 200 ms, and at the end', async () => {
    await withCopySession(url, async ({ raw }) => {
      const calls: { at: number; rows: number; bytes: number }[] = []
      const onProgress = (rows: number, bytes: number): number => calls.push({ at: performance.now(), rows, bytes })
      const counts = await copyRange(raw, ROWS, WHOLE, new Collector(), { ...options, onProgress })
      expect(calls.at(-1)).toMatchObject({ rows: counts.rows, bytes: counts.bytes })
      const gaps = calls.slice(1, -1).map((call, i) => call.at - (calls[i] as { at: number }).at)
      expect(gaps.every((gap) => gap >= 199)).toBe(true)
    })
  })
})
