import { describe, expect, it } from 'vitest'
import { copyUntil, failureOf, never, request, rowsOf, RUN, transfers, withPerson } from '../support/snapshot.js'
import { withSource } from '../support/source.js'
import { waitUntil } from '../support/wait.js'

const DIGITS = `CREATE TABLE digits (d int PRIMARY KEY) ENGINE=InnoDB;
  INSERT INTO digits VALUES (0),(1),(2),(3),(4),(5),(6),(7),(8),(9);`
const ACCOUNTS = `${DIGITS} CREATE TABLE account (id int PRIMARY KEY, v int) ENGINE=InnoDB;
  INSERT INTO account SELECT a.d * 10 + b.d + 1, 100 FROM digits a, digits b;
  CREATE TABLE other (id int PRIMARY KEY) ENGINE=InnoDB; INSERT INTO other VALUES (1), (2);`

/** 10 MB in one table: more than any buffer between the server and us holds. */
const MANY = `${DIGITS} CREATE TABLE many (id int PRIMARY KEY, v varchar(900)) ENGINE=InnoDB;
  INSERT INTO many SELECT a.d * 1000 + b.d * 100 + c.d * 10 + e.d, REPEAT('row ', 200) FROM digits a, digits b, digits c, digits e;
  CREATE TABLE small (id int PRIMARY KEY) ENGINE=InnoDB; INSERT INTO small VALUES (1);`

const total = (rows: readonly string[]): number => rows.reduce((sum, row) => sum + Number(row.split('\t')[1]), 0)

describe('a snapshot of a MySQL source', () => {
  it('is of one moment in all its sessions while others commit, and stays that', async () => {
    await withSource(ACCOUNTS, async ({ source, url }) => {
      const writers = [transfers(url, 100), transfers(url, 100)]
      try {
        const opened = await source.openSnapshot(request(['account', 'other', 'digits']), never())
        expect(opened.sessions).toBe(3)
        expect(opened.blockedMs).toBeGreaterThan(0)
        expect(opened.blockedMs).toBeLessThan(1000)
        expect(opened.attempts).toBe(1)
        expect(opened.position).toMatch(/\d/)
        expect(Math.abs(Date.now() - Date.parse(opened.moment))).toBeLessThan(20_000)
        const reads = await Promise.all([1, 2, 3].map(() => rowsOf(source, 'account')))
        const again = await rowsOf(source, 'account')
        expect(total(again)).toBe(10_000)
        for (const read of reads) expect(read).toEqual(again)
        expect(await rowsOf(source, 'account', null)).not.toEqual(again)
      } finally {
        const counts = await Promise.all(writers.map((writer) => writer.stop()))
        expect(Math.min(...counts)).toBeGreaterThan(0)
      }
      await source.closeSnapshot(RUN)
      expect((await failureOf(rowsOf(source, 'account'))).kind).toBe('snapshot-lost')
    })
  })

  it('is nobody else’s: a process that does not hold it says that it is lost', async () => {
    await withSource(ACCOUNTS, async ({ source }) => {
      expect((await failureOf(rowsOf(source, 'account'))).kind).toBe('snapshot-lost')
      expect((await failureOf(source.keepSnapshot(RUN, []))).kind).toBe('snapshot-lost')
    })
  })

  it('keeps its moment when a copy is cancelled in the middle of its rows', async () => {
    await withSource(MANY, async ({ source, sql }) => {
      await source.openSnapshot(request(['many', 'small'], { sessions: 1 }), never())
      await sql('INSERT INTO small VALUES (2)')
      for (let turn = 0; turn < 4; turn++) {
        const abort = new AbortController()
        const copy = copyUntil(source, 'many', abort.signal, () => abort.abort(new Error('cancelled')))
        await expect(copy).rejects.toThrow('cancelled')
      }
      expect(await rowsOf(source, 'small')).toEqual(['1'])
      const { sessions } = await source.keepSnapshot(RUN, [])
      expect(sessions).toBeGreaterThanOrEqual(2)
    })
  })

  it('makes way within two seconds for an ALTER that waits, and reads the other tables on', async () => {
    await withSource(ACCOUNTS, async ({ source, url, sql }) => {
      await source.openSnapshot(request(['account', 'other', 'digits']), never())
      await sql('INSERT INTO other VALUES (3)')
      expect(total(await rowsOf(source, 'account'))).toBe(10_000)
      const keeping = setInterval(() => void source.keepSnapshot(RUN, []).catch(() => {}), 1000)
      try {
        const started = performance.now()
        await sql('ALTER TABLE account ADD COLUMN w int, ALGORITHM=COPY')
        expect(performance.now() - started).toBeLessThan(2500)
        await withPerson(url, (say) => say('SELECT * FROM account LIMIT 1'))
      } finally {
        clearInterval(keeping)
      }
      expect((await failureOf(rowsOf(source, 'account'))).kind).toBe('schema-changed')
      expect(await rowsOf(source, 'other')).toEqual(['1', '2'])
    })
  })

  it('ends a copy that is under way for an ALTER that waits', async () => {
    await withSource(MANY, async ({ source, sql }) => {
      await source.openSnapshot(request(['many', 'small']), never())
      await sql('INSERT INTO small VALUES (2)')
      let begun = false
      const copy = failureOf(copyUntil(source, 'many', never(), () => (begun = true)))
      await waitUntil('the first rows', () => begun)
      const keeping = setInterval(() => void source.keepSnapshot(RUN, []).catch(() => {}), 1000)
      try {
        const started = performance.now()
        await sql('ALTER TABLE many ADD COLUMN w int, ALGORITHM=INPLACE, LOCK=NONE')
        expect(performance.now() - started).toBeLessThan(4000)
      } finally {
        clearInterval(keeping)
      }
      expect((await copy).kind).toBe('schema-changed')
      expect(await rowsOf(source, 'small')).toEqual(['1'])
    })
  })

  it('lets tables go that are read: nobody waits for their metadata locks', async () => {
    await withSource(ACCOUNTS, async ({ source, sql }) => {
      await source.openSnapshot(request(['account', 'other', 'digits'], { sessions: 1 }), never())
      await rowsOf(source, 'account')
      await source.keepSnapshot(RUN, ['account'])
      const started = performance.now()
      await sql('ALTER TABLE account ADD COLUMN w int, ALGORITHM=COPY')
      expect(performance.now() - started).toBeLessThan(1000)
      expect(await rowsOf(source, 'other')).toEqual(['1', '2'])
    })
  })
})

describe('tables that no snapshot covers', () => {
  it('are told where their lock ended before they were read: somebody ended its session, or nobody could ask', async () => {
    const old = `CREATE TABLE old (id int PRIMARY KEY) ENGINE=MyISAM; CREATE TABLE older (id int PRIMARY KEY) ENGINE=MyISAM`
    await withSource(old, async ({ source, sql }) => {
      await source.openSnapshot(request(['old', 'older']), never())
      expect((await source.keepSnapshot(RUN, ['old'])).released).toEqual([])
      const unlocked = await source.keepSnapshot(RUN, ['old'], true)
      expect(unlocked.released).toEqual(['older'])
      await sql('INSERT INTO older VALUES (1)')
      expect((await source.keepSnapshot(RUN, ['old', 'older'])).released).toEqual(['older'])

      await source.openSnapshot(request(['old', 'older']), never())
      // The one that idles at no transaction: the others have begun theirs.
      const [holder] = await sql(
        `SELECT p.id FROM information_schema.processlist p LEFT JOIN information_schema.innodb_trx t
           ON t.trx_mysql_thread_id = p.id
         WHERE p.db = DATABASE() AND p.command = 'Sleep' AND t.trx_id IS NULL ORDER BY p.id DESC LIMIT 1`,
      )
      await sql(`KILL ${String(holder?.id)}`)
      await waitUntil('the lock to be missed', async () => {
        const { released } = await source.keepSnapshot(RUN, [])
        return released.length === 2
      })
    })
  })

  it('are locked against writers until they are read, or they are named', async () => {
    const mixed = `CREATE TABLE old (id int PRIMARY KEY) ENGINE=MyISAM; INSERT INTO old VALUES (1);
      CREATE TABLE new (id int PRIMARY KEY) ENGINE=InnoDB; INSERT INTO new VALUES (1)`
    await withSource(mixed, async ({ source, url, sql }) => {
      const opened = await source.openSnapshot(request(['old', 'new']), never())
      expect(opened).toMatchObject({ locked: ['old'], labelled: [] })
      await withPerson(url, async (say) => {
        await sql('INSERT INTO new VALUES (2)')
        let isWritten = false
        const writing = say('INSERT INTO old VALUES (2)').then(() => (isWritten = true))
        expect(await rowsOf(source, 'old')).toEqual(['1'])
        expect(isWritten).toBe(false)
        await source.keepSnapshot(RUN, ['old'])
        await writing
      })
      const label = await source.openSnapshot(request(['old', 'new'], { uncovered: 'label' }), never())
      expect(label).toMatchObject({ locked: [], labelled: ['old'] })
      await sql('INSERT INTO old VALUES (3)')
    })
  })
})
