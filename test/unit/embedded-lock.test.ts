import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { readLock, takeLock } from '../../client/embedded/folder-lock.js'
import { identify, isAlive, ownIdentity } from '../../client/embedded/process-identity.js'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'nightferry-lock-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const heldBy = (pid: number, started: string, note: unknown): void =>
  writeFileSync(join(folder, 'lock.json'), JSON.stringify({ holder: { pid, started }, note }))

describe('the lock of a folder', () => {
  test('has one holder, and tells others what the holder says', () => {
    const taken = takeLock<string>(folder, 'starting')
    taken?.lock.tell('ready')
    expect(takeLock(folder, 'me too')).toBeNull()
    expect(readLock(folder)).toMatchObject({ alive: true, holder: { pid: process.pid }, note: 'ready' })
    taken?.lock.release()
    expect(readLock(folder)).toBeNull()
    expect(takeLock(folder, 'next')).toMatchObject({ left: null })
    expect(readdirSync(folder)).toEqual(['lock.json'])
  })

  test('of a process that was killed goes to the next, with what it had said', () => {
    heldBy(999_999_999, '1', { server: 17 })
    expect(readLock(folder)).toMatchObject({ alive: false })
    expect(takeLock(folder, { server: 18 })?.left).toEqual({ server: 17 })
    expect(readLock(folder)).toMatchObject({ alive: true, note: { server: 18 } })
    expect(readdirSync(folder)).toEqual(['lock.json'])
  })

  test('of a process whose number another one has by now goes to the next', () => {
    heldBy(process.pid, 'at another time', null)
    expect(takeLock(folder, null)).not.toBeNull()
  })

  test('is not given back by one who lost it', () => {
    const first = takeLock(folder, 1)
    heldBy(process.pid, 'at another time', 2)
    const second = takeLock(folder, 3)
    heldBy(process.ppid, identify(process.ppid)?.started ?? '', 4)
    first?.lock.release()
    second?.lock.release()
    expect(readLock(folder)).toMatchObject({ holder: { pid: process.ppid }, note: 4 })
  })
})

describe('a process', () => {
  test('is itself, and not another one of the same number', () => {
    const own = ownIdentity()
    expect(isAlive(own)).toBe(true)
    expect(isAlive({ ...own, started: `${own.started}0` })).toBe(false)
    expect(isAlive(null)).toBe(false)
    expect(identify(999_999_999)).toBeNull()
  })
})
