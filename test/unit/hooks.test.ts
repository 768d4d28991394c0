import { describe, expect, it } from 'vitest'
import type { Hook, HookMoment } from '../../core/config/types.js'
import {
  hookName,
  hookPayload,
  hookVariables,
  idempotencyKey,
  signatureBase,
  signatureHeader,
  type HookFacts,
} from '../../core/hooks.js'
import type { News } from '../../core/news.js'
import { transactionControl } from '../../databases/postgres/transaction-control.js'
import { hookVariable } from '../../worker/hooks/address.js'
import { Tail } from '../../worker/hooks/tail.js'
import { factsOf } from '../support/hooks.js'

const news = (count: number): News[] =>
  Array.from({ length: count }, (_, n) => ({
    kind: 'table-new',
    subject: `t${n}`,
    what: 'is new',
    remedy: 'Nothing.',
  }))

describe('what a hook gets', () => {
  it('names the run, its verdict, its counts and a key that is the same each time', () => {
    const payload = hookPayload('after_publish', factsOf({ news: news(1) }))
    expect(payload).toEqual({
      ...factsOf(),
      format: 1,
      moment: 'after_publish',
      key: 'shop/20261120-030000/after_publish',
      news: news(1),
      newsInAll: 1,
      text: 'shop 20261120-030000: complete (snapshot), published as shop, 12 tables, 3400 rows\n- t0: is new. Nothing.',
    })
    expect(hookPayload('after_publish', factsOf({ news: news(1) }))).toEqual(payload)
  })

  it.each<[HookMoment, Partial<HookFacts>, string]>([
    [
      'before_run',
      { verdict: 'running', label: null, published: null, counts: null },
      'shop 20261120-030000: is about to begin',
    ],
    [
      'on_failure',
      { verdict: 'incomplete', label: null, published: null, counts: null, reason: 'The source does not answer' },
      'shop 20261120-030000: incomplete\nThe source does not answer',
    ],
    [
      'on_failure',
      { verdict: 'incomplete', published: null, reason: '1 of 12 tables was not finished' },
      'shop 20261120-030000: incomplete (snapshot), 12 tables, 3400 rows\n1 of 12 tables was not finished',
    ],
  ])('in words, at %s', (moment, more, text) => {
    expect(hookPayload(moment, factsOf(more)).text).toBe(text)
  })

  it('has no more news than a receiver takes, and says how many there are', () => {
    const payload = hookPayload('on_news', factsOf({ news: news(5000) }))
    expect([payload.news.length, payload.newsInAll]).toEqual([100, 5000])
    expect(payload.text.split('\n').at(-1)).toBe('- and 4980 more')
    expect(JSON.stringify(payload).length).toBeLessThan(20_000)
  })

  it('is in the variables of a command, by names that do not change', () => {
    expect(hookVariables(hookPayload('on_failure', factsOf({ verdict: 'incomplete', published: null })))).toEqual({
      NIGHTFERRY_MOMENT: 'on_failure',
      NIGHTFERRY_MIGRATION: 'shop',
      NIGHTFERRY_RUN: '20261120-030000',
      NIGHTFERRY_VERDICT: 'incomplete',
      NIGHTFERRY_REASON: '',
      NIGHTFERRY_LABEL: 'snapshot',
      NIGHTFERRY_PUBLISHED: '',
      NIGHTFERRY_NEWS: '0',
      NIGHTFERRY_IDEMPOTENCY_KEY: 'shop/20261120-030000/on_failure',
    })
  })
})

describe('a hook', () => {
  it.each<[Hook, string]>([
    [{ sql: 'sql/before.sql' }, 'before_run (sql sql/before.sql)'],
    [{ command: ['bin/page-dba', '--token', 'geheim'] }, 'before_run (command bin/page-dba)'],
    [{ http: 'ci-webhook' }, 'before_run (http ci-webhook)'],
  ])('%j has a name without its arguments', (hook, name) => {
    expect(hookName('before_run', hook)).toBe(name)
  })

  it('has one key for each moment of a run', () => {
    const moments: HookMoment[] = ['before_run', 'after_publish', 'on_news', 'on_failure']
    const keys = moments.flatMap((moment) => ['1', '1-2'].map((run) => idempotencyKey('shop', run, moment)))
    expect(new Set(keys).size).toBe(8)
  })

  it('is signed over the moment and the body', () => {
    expect(signatureBase(1_795_143_600, '{"a":1}')).toBe('1795143600.{"a":1}')
    expect(signatureHeader(1_795_143_600, 'ab')).toBe('t=1795143600,v1=ab')
  })

  it.each([
    ['ci-webhook', 'NIGHTFERRY_HOOK_CI_WEBHOOK_URL'],
    ['chat', 'NIGHTFERRY_HOOK_CHAT_URL'],
  ])('%s is looked for as %s', (name, variable) => {
    expect(hookVariable(name, 'URL')).toBe(variable)
  })
})

describe('a script in one transaction', () => {
  it.each([
    ['commit', 'COMMIT'],
    ['insert into t values (1); Start  Transaction; select 1', 'START TRANSACTION'],
    ['/* first */ rollback;', 'ROLLBACK'],
    ['begin; select 1; end;', 'BEGIN'],
    ["select E'it\\'s'; commit", 'COMMIT'],
    ['rollback work', 'ROLLBACK'],
    ["prepare transaction 'x'", 'PREPARE TRANSACTION'],
  ])('%j holds %s', (script, words) => {
    expect(transactionControl(script)).toBe(words)
  })

  it.each([
    '',
    "insert into note values ('x; commit; y')",
    '-- commit\nselect 1',
    'select "a;commit" from t',
    'do $$ begin perform 1; end $$; select 1',
    'create function f() returns int language sql begin atomic select 1; end; select f()',
    'savepoint a; rollback to savepoint a; rollback work to a; release a',
    'create table commits (id int); create table begin_at (id int)',
    "comment on table t is $tag$ it's; commit; $tag$",
  ])('%j holds no such thing', (script) => {
    expect(transactionControl(script)).toBeNull()
  })
})

describe('the tail of an output', () => {
  it.each([
    [['abc', 'def'], 4, 'cdef'],
    [['abc', 'def'], 3, 'def'],
    [['abcdef'], 2, 'ef'],
    [['a'], 4, 'a'],
    [[], 4, ''],
  ] as const)('of %j within %i bytes is %j', (chunks, most, text) => {
    const tail = new Tail(most)
    for (const chunk of chunks) tail.add(Buffer.from(chunk))
    expect(tail.text()).toBe(text)
  })
})
