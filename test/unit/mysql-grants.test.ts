import { describe, expect, it } from 'vitest'
import { mayOnDatabase, mayOnTable, readGrants } from '../../databases/mysql/grants.js'

const grants = (...lines: string[]) =>
  readGrants(
    lines.map((line) => ({ 'grants for app@%': line })),
    'my_shop',
  )

describe('grants', () => {
  it.each([
    'GRANT ALL PRIVILEGES ON *.* TO `root`@`localhost` WITH GRANT OPTION',
    'GRANT SELECT, INSERT ON *.* TO `app`@`%`',
    'GRANT SELECT ON `my_shop`.* TO `app`@`%`',
    'GRANT SELECT ON `my\\_shop`.* TO `app`@`%`',
    'GRANT SELECT ON `my%`.* TO `app`@`%`',
    'GRANT SELECT ON `my_____`.* TO PUBLIC',
    "GRANT SELECT ON *.* TO `app`@`%` IDENTIFIED BY PASSWORD '*0123'",
  ])('%s lets the account read everything', (line) => {
    expect(mayOnDatabase(grants(line), 'SELECT')).toBe(true)
    expect(mayOnTable(grants(line), 'orders', 'SELECT')).toBe(true)
  })

  it.each([
    'GRANT USAGE ON *.* TO `app`@`%`',
    'GRANT SELECT ON `other`.* TO `app`@`%`',
    'GRANT SELECT ON `my\\_sho`.* TO `app`@`%`',
    'GRANT SELECT ON `myXshop2`.* TO `app`@`%`',
    'GRANT SELECT (`id`), INSERT ON `my_shop`.`orders` TO `app`@`%`',
    'GRANT EXECUTE ON PROCEDURE `my_shop`.`p` TO `app`@`%`',
    'GRANT `reader`@`%` TO `app`@`%`',
    "GRANT PROXY ON ''@'%' TO 'root'@'localhost' WITH GRANT OPTION",
  ])('%s does not', (line) => {
    expect(mayOnDatabase(grants(line), 'SELECT')).toBe(false)
    expect(mayOnTable(grants(line), 'orders', 'SELECT')).toBe(false)
  })

  it('on one table are rights on that table alone', () => {
    const one = grants('GRANT SELECT ON `my_shop`.`a``b` TO `app`@`%`')
    expect([mayOnTable(one, 'a`b', 'SELECT'), mayOnTable(one, 'ab', 'SELECT'), mayOnDatabase(one, 'SELECT')]).toEqual([
      true,
      false,
      false,
    ])
  })

  it('that were taken back in this database do not count', () => {
    const partial = grants('GRANT SELECT, TRIGGER ON *.* TO `app`@`%`', 'REVOKE SELECT ON `my_shop`.* FROM `app`@`%`')
    expect([mayOnDatabase(partial, 'SELECT'), mayOnDatabase(partial, 'TRIGGER')]).toEqual([false, true])
  })
})
