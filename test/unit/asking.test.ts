import { expect, test } from 'vitest'
import { asker } from '../../activities/asking.js'
import type { Tools } from '../../activities/tools.js'
import { Failure } from '../../core/failure.js'

const logged: string[] = []
const tools = { log: (message: string) => void logged.push(message) } as Partial<Tools> as Tools
const never = new AbortController().signal
/** As a session of a server whose storage is frozen: it answers nobody, and hears of no cancellation. */
const frozen = async (): Promise<never> => new Promise<never>(() => {})

test('what does not answer is waited for as long as its part may last, also where it heeds no signal', async () => {
  const ask = asker(tools, never, 30)
  expect(await ask('the memory', frozen)).toMatchObject({ told: false, why: 'the memory: no answer within 0.03 s' })
  expect(await ask('the memory', frozen, 20)).toMatchObject({ why: 'the memory: no answer within 0.02 s' })
  expect(await ask('the memory', async () => 7)).toEqual({ told: true, facts: 7 })
})

test('a cancellation ends it at once, also where it heeds no signal', async () => {
  const cancelled = new AbortController()
  const asked = asker(tools, cancelled.signal)('the memory', frozen)
  cancelled.abort(new Error('the deadline came'))
  await expect(asked).rejects.toThrow('the deadline came')
  let begun = false
  const late = asker(tools, cancelled.signal)('the memory', async () => void (begun = true))
  await expect(late).rejects.toThrow('the deadline came')
  expect(begun).toBe(false)
})

test('a failure says why nobody answered, and what nobody foresaw is logged', async () => {
  const ask = asker(tools, never)
  const closed = new Failure('target-privilege', 'it is closed', { remedy: 'open it' })
  expect(await ask('the memory', async () => await Promise.reject(closed))).toEqual({
    ...{ told: false, why: 'it is closed', remedy: 'open it', refused: true },
  })
  const bug = new Error('a bug')
  expect(await ask('the memory', async () => await Promise.reject(bug))).toMatchObject({ told: false })
  expect(logged).toEqual(['fitness could not be asked'])
})
