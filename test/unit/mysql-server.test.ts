import { describe, expect, it } from 'vitest'
import { checkVersion } from '../../databases/mysql/check-version.js'
import { isAtLeast, readVersion } from '../../databases/mysql/server.js'

describe('a server', () => {
  it.each([
    ['10.11.19-MariaDB-0+deb12u1-log', 'MariaDB', [10, 11, 19]],
    ['5.5.5-10.4.32-MariaDB', 'MariaDB', [10, 4, 32]],
    ['8.0.36-28', 'MySQL', [8, 0, 36]],
    ['9.7.4-2', 'MySQL', [9, 7, 4]],
    ['5.7.44-log', 'MySQL', [5, 7, 44]],
  ])('%s is %s', (text, product, numbers) => {
    expect(readVersion(text)).toMatchObject({ product, numbers })
  })

  it('is compared number by number', () => {
    const server = readVersion('10.11.19-MariaDB')
    expect([
      isAtLeast(server, 10, 2, 7),
      isAtLeast(server, 10, 11, 20),
      isAtLeast(server, 11),
      isAtLeast(server, 10),
    ]).toEqual([true, false, false, true])
  })

  it.each([
    ['5.6.51', 'blocking'],
    ['8.4.3', 'info'],
    ['10.4.32-MariaDB', 'info'],
    ['10.11.19-MariaDB', undefined],
    ['9.7.4', undefined],
  ])('%s gets the finding %s', (version, severity) => {
    expect(checkVersion(readVersion(version), 'shop-mysql')[0]?.severity).toBe(severity)
  })
})
