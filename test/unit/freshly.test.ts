import { expect, test, vi } from 'vitest'
import { freshly } from '../../worker/freshly.js'
import { inTime } from '../../worker/in-time.js'

const never = async (): Promise<never> => await new Promise(() => {})

test('an answer is shared while it is got and fresh, and a failure is not kept', async () => {
  let asked = 0
  const ask = freshly(60_000, async () => {
    asked += 1
    if (asked === 1) throw new Error('away')
    return asked
  })
  await expect(ask()).rejects.toThrow('away')
  expect(await Promise.all([ask(), ask()])).toEqual([2, 2])
  expect(await ask()).toBe(2)
})

test('an answer that never comes is waited for by nobody who asks later', async () => {
  let asked = 0
  const ask = freshly(60_000, async () => ((asked += 1) === 1 ? await never() : asked), 50)
  void ask()
  await vi.waitFor(async () => expect(await inTime(20, ask(), () => 0)).toBe(2))
})

test('what is late is answered otherwise; what fails in time is thrown, and later nobody is hurt', async () => {
  expect(await inTime(10, never(), () => 'late')).toBe('late')
  expect(await inTime(10_000, Promise.resolve('there'), () => 'late')).toBe('there')
  const failing = Promise.reject(new Error('away'))
  await expect(inTime(10_000, failing, () => 'late')).rejects.toThrow('away')
  let fail = (_error: Error): void => {}
  expect(await inTime(10, new Promise((_done, no) => (fail = no)), () => 'late')).toBe('late')
  fail(new Error('too late to matter'))
})
