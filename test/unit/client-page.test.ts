import { expect, it } from 'vitest'
import { passwordFrom } from '../../client/commands/page.js'

it('`page --json` names where the password is for a program, and never the password', () => {
  expect(passwordFrom({})).toEqual({ file: '.nightferry/api.json', key: 'token' })
  expect(passwordFrom({ NIGHTFERRY_API_TOKEN: 'secret' })).toEqual({ env: 'NIGHTFERRY_API_TOKEN' })
})
