import { describe, expect, it } from 'vitest'
import { noPaint } from '../../client/output.js'
import { renderCopies, renderCopy, renderGenerations } from '../../client/render/generations.js'
import { othersEnded, renderPublish } from '../../client/render/publish.js'
import type { Generation, GenerationCopy, Published } from '../../core/generation.js'
import { tooMany } from '../../core/generation.js'
import { checkCopy, checkPublish } from '../../workflows/shapes.js'
import type { CopyAnswer, PublishAnswer } from '../../workflows/messages.js'
import { summary } from '../support/client-documents.js'
import { copyOf, publishedOf, shownOf } from '../support/scripted.js'

const [FIRST, SECOND, THIRD] = ['20261118-030000', '20261119-030000', '20261120-030000'] as const
const ESCAPE = String.fromCharCode(27)

const answer = (more: Partial<PublishAnswer> = {}): PublishAnswer => ({
  ...{ run: FIRST, ...shownOf({ now: SECOND }), published: null, unkept: null },
  ...more,
})
const done = (more: Partial<Published> = {}, about: Partial<PublishAnswer> = {}): PublishAnswer =>
  answer({ published: publishedOf(FIRST, more), ...about })

const text = (one: PublishAnswer): string => renderPublish('shop', one, noPaint).join('\n')

describe('what it would be to publish a run', () => {
  it('is its state and label, what is published now, and that nothing was changed', () => {
    expect(text(answer())).toBe(
      [
        `Run ${FIRST}: complete, read in one snapshot.`,
        `Published as shop now: run ${SECOND}.`,
        'Its database would be called shop; the sessions of the one before would be ended.',
        'Nothing was changed: --execute does it.',
      ].join('\n'),
    )
  })

  it.each<[string, Partial<PublishAnswer>, RegExp]>([
    ['why no night would', { notGreen: 'table t is stopped' }, /^Not green, no night would publish it: table t is/m],
    ['that a copy is made', { asCopy: true }, /^A copy of it would be made and be called shop;/m],
    ['what goes', { drops: [FIRST, SECOND] }, /^Dropped then, as `publish.keep` says: 20261118-030000, 20261119/m],
    ['that nothing is published', { now: null }, /^No run is published as shop now\.$/m],
    ['that it is published', { isPublished: true }, /^It is published as shop already\.$/m],
    ['a label', { label: 'best-effort', state: 'incomplete' }, /: incomplete, read best-effort\.$/m],
  ])('says %s', (_, more, says) => expect(text(answer(more))).toMatch(says))
})

describe('a publish that was done', () => {
  const session = (application: string) => ({ user: 'app', application, client: '10.0.0.7' })

  it('names whose sessions were ended, but for ours; how long it took, what went, and the way back', () => {
    const ended = [session('ci'), session('nightferry 4711'), session(`${ESCAPE}[31mweb`)]
    const previous = { run: SECOND, database: 'shop_20261119_030000' }
    const one = othersEnded(done({ ended, previous, dropped: [THIRD], closedMs: 28 }))
    expect(one.published?.ended).toHaveLength(2)
    const said = text(one)
    expect(said).toContain(
      `Published as shop: run ${FIRST}: complete, read in one snapshot. New sessions waited 0.03 s.`,
    )
    expect(said).toMatch(/^Ended 2 sessions:\n {2}user {2}application {2}address\n {2}app {3}ci {11}10\.0\.0\.7$/m)
    expect(said).not.toContain(ESCAPE)
    expect(said).not.toContain('4711')
    expect(said).toContain(`Dropped, as \`publish.keep\` says: ${THIRD}.`)
    expect(said).toContain(
      `Before: run ${SECOND}, in shop_20261119_030000 now. Back to it: \`nightferry publish shop --run ${SECOND} --execute\`.`,
    )
  })

  it.each<[string, PublishAnswer, RegExp]>([
    ['it was so already', done({ closedMs: 0 }, { isPublished: true }), /^Published as shop already: run /m],
    ['no run built what was there', done({ previous: { run: null, database: 'shop_before' } }), /no run built it\.$/m],
    ['it is not green', done({}, { notGreen: 'the run is incomplete' }), /^Not green, .*: the run is incomplete\.$/m],
    ['copies stay', done({}, { asCopy: true }), /^Copies stay those of their runs: `nightferry copy shop NAME`/m],
  ])('says that %s', (_, one, says) => expect(text(one)).toMatch(says))
})

const generation = (run: string, more: Partial<Generation> = {}): Generation => ({
  ...{ run, database: `shop_${run.replaceAll('-', '_')}`, published: false, since: null, bytes: 8_000_000 },
  ...more,
})

describe('what runs have built', () => {
  it('is listed with how each ended, its size, and when it was published', () => {
    const generations = [
      generation(THIRD),
      generation(SECOND, { database: 'shop', published: true, since: '2026-11-19T03:20:00.000Z' }),
      generation(FIRST, { since: '2026-11-18T03:20:00.000Z' }),
    ]
    const document = { format: 1, migration: 'shop', database: 'shop', generations, copies: [] } as const
    const runs = [summary({ run: THIRD, state: 'incomplete' }), summary({ run: SECOND, label: 'snapshot' })]
    const lines = renderGenerations(document, runs, noPaint)
    expect(lines.slice(1, 4)).toEqual([
      expect.stringMatching(new RegExp(`^${THIRD} +incomplete +best-effort +shop_20261120_030000 +8\\.0 MB +never$`)),
      expect.stringMatching(
        new RegExp(`^${SECOND} +complete +snapshot +shop +8\\.0 MB +now, since 2026-11-19 03:20:00`),
      ),
      expect.stringMatching(new RegExp(`^${FIRST} +- +- +shop_20261118_030000 +8\\.0 MB +2026-11-18 03:20:00 UTC$`)),
    ])
    expect(lines.at(-1)).toContain('`nightferry publish shop --run ID`')
    expect(renderGenerations({ ...document, generations: [] }, [], noPaint)).toEqual([
      'No run has built a database yet that could be published as shop.',
    ])
  })

  it('would go where it was published the longest time ago, and more than `keep` others stay', () => {
    const since = (day: number) => ({ since: `2026-11-${day}T03:20:00.000Z` })
    // It was gone back to: the newest run is not the one that was published last.
    const three = [generation(THIRD, since(18)), generation(SECOND, since(20)), generation(FIRST, since(19))]
    const never = '20261121-030000'
    const list = [generation(never), ...three]
    expect([2, 1, 0].map((keep) => tooMany(list, never, keep))).toEqual([
      [THIRD],
      [FIRST, THIRD],
      [SECOND, FIRST, THIRD],
    ])
    expect(tooMany(list, FIRST, 1)).toEqual([THIRD])
    expect(tooMany(list, FIRST, 2)).toEqual([])
  })
})

describe('a copy', () => {
  const said = (done: CopyAnswer['done'], older: string[] = []): string =>
    renderCopy('shop', 'ci', { ...copyOf({ older }), done }, noPaint).join('\n')

  it('is told with its run and size when it is made, found and dropped', () => {
    expect(said('made')).toBe(
      `Made shop_ci, a copy of run ${THIRD} (8.0 MB).\nRemove it: \`nightferry copy shop ci --drop --execute\`.`,
    )
    expect(said('made', ['shop_ci_1'])).toContain('Older ones stay, as `copies:` says: shop_ci_1.')
    expect(said('found', ['shop_ci_1'])).toBe(
      `Would drop shop_ci, a copy of run ${THIRD} (8.0 MB), made 2026-11-20 04:00:00 UTC, and older ones: shop_ci_1.
Its sessions would be ended.
Nothing was changed: --execute does it.`,
    )
    expect(said('there')).toBe(
      `There is shop_ci, a copy of run ${THIRD} (8.0 MB), made 2026-11-20 04:00:00 UTC: a new one would take its place, without what was written to it.
Its sessions would be ended.
Nothing was changed: \`nightferry copy shop ci --execute\` does it.`,
    )
    expect(said('dropped')).toBe(`Dropped shop_ci, a copy of run ${THIRD} (8.0 MB).`)
  })

  it('is listed by its name, newest first, and the published one is none', () => {
    const made = (name: string | null, day: number): GenerationCopy => ({
      ...{ run: THIRD, name, database: `shop_${name}_${day}`, made: `2026-11-${day}T04:00:00.000Z`, bytes: 8_000_000 },
    })
    const copies = [made('dev', 18), made(null, 20), made('ci', 18), made('ci', 19)]
    expect(renderCopies('shop', copies, noPaint).map((line) => line.split(/ +/)[1])).toEqual([
      ...['database', 'shop_ci_19', 'shop_ci_18', 'shop_dev_18'],
    ])
    expect(renderCopies('shop', [made(null, 20)], noPaint)).toEqual(['There is no copy of shop.'])
  })
})

describe('what is asked of the entity', () => {
  const asked = { by: 'ada', expires: 1 }
  it.each<[string, (request: unknown) => void, object]>([
    ['a publish', checkPublish, { run: FIRST, execute: true }],
    ['a copy', checkCopy, { name: 'ci-1234', execute: false, drop: true }],
  ])('as %s has all of its keys, of their types', (_, check, keys) => {
    expect(() => check({ ...asked, ...keys })).not.toThrow()
    for (const key of Object.keys(keys))
      for (const wrong of [undefined, null, 7, '', 'x'.repeat(64)])
        expect(() => check({ ...asked, ...keys, [key]: wrong }), `${key}: ${String(wrong)}`).toThrow('as it should be')
  })
})
