import { readdirSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { arrive, type Newcomer } from '../shared/newcomer.js'

/** What needs no server: wrong usage is exit 2, one line that is red, one that helps, and nothing left behind. */

let person: Newcomer
beforeEach(() => (person = arrive()))
afterEach(async () => await person.leave())

const CASES: Record<string, { args: string; says: RegExp; remedy: RegExp }> = {
  'no command': { args: '', says: /a command is missing/, remedy: /nightferry --help/ },
  'an unknown command': { args: 'runn shop.yaml', says: /unknown command 'runn'/, remedy: /--help/ },
  'an unknown option': {
    args: 'run --fast shop.yaml',
    says: /unknown option '--fast'/,
    remedy: /nightferry run --help/,
  },
  'a missing argument': { args: 'run', says: /missing required argument 'file'/, remedy: /nightferry run --help/ },
  'a file that does not exist': { args: 'run shop.yaml', says: /there is no file shop\.yaml/, remedy: /YAML file/ },
  'an unknown role': { args: 'worker --role all-of-them', says: /no role all-of-them/, remedy: /control, data, all/ },
  'a pause without a reason': { args: 'pause shop', says: /'--reason <text>' not specified/, remedy: /pause --help/ },
  'a reason of nothing': { args: 'pause shop --reason=', says: /--reason is a text of 1 to 400/, remedy: /has 0/ },
  'a hold and a table': {
    args: 'resume shop --hold h1 --table orders',
    says: /--hold names one hold/,
    remedy: /Leave out --table/,
  },
  'a skip of nothing': { args: 'skip shop --reason x', says: /'--table <name>' not specified/, remedy: /skip --help/ },
  'a knob that there is not': {
    args: 'set shop paralelism=4',
    says: /no knob paralelism/,
    remedy: /did you mean parallelism/i,
  },
  'a knob with a wrong value': {
    args: 'set shop parallelism=many',
    says: /parallelism is a whole number from 1 to 64/,
    remedy: /parallelism=default/,
  },
  'a password in the source URL': {
    args: 'quick mysql://app:secret@db1/shop postgresql:///shop',
    says: /source URL holds a password, and the process list shows/,
    remedy: /NIGHTFERRY_SOURCE_PASSWORD or MYSQL_PWD/,
  },
  'a password in the target URL': {
    args: 'quick mysql://app@db1/shop postgresql://app:secret@db1/shop',
    says: /target URL holds a password/,
    remedy: /PGPASSWORD.*\.pgpass/,
  },
  'the URLs the wrong way round': {
    args: 'quick postgresql:///shop mysql://app@db1/shop',
    says: /begins with postgresql:\/\//,
    remedy: /source first/,
  },
  'a source without a database': {
    args: 'quick mysql://app@db1 postgresql:///shop',
    says: /names no database/,
    remedy: /mysql:\/\/app@db1\/shop/,
  },
}

describe('wrong usage', () => {
  test.each(Object.entries(CASES))('%s', async (_, { args, says, remedy }) => {
    const { code, stdout, stderr } = await person.type(args.split(' ').filter(Boolean)).ended
    const lines = stderr.trim().split('\n')
    expect(lines.at(-2)).toMatch(says)
    expect(lines.at(-2)).toMatch(/^error: /)
    expect(lines.at(-1)).toMatch(remedy)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).not.toContain('secret')
    expect(readdirSync(person.folder)).toEqual([])
  })
  test('under --json the error stands alone on stdout, versioned', async () => {
    const { code, stdout } = await person.type(['run', 'shop.yaml', '--json']).ended
    expect(code).toBe(2)
    expect(JSON.parse(stdout)).toEqual({
      format: 1,
      error: { message: 'there is no file shop.yaml', remedy: expect.any(String), exit: 2 },
    })
  })
})

test('help and version are answers: exit 0, on stdout, with every command and every exit code', async () => {
  const { code, stdout, stderr } = await person.type(['--help']).ended
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  const known = 'quick up worker check plan apply run status report runs pause resume holds retry skip abort set'
  for (const command of known.split(' ')) expect(stdout).toMatch(new RegExp(`^ {2}${command}\\b`, 'm'))
  for (const exit of [0, 1, 2, 3, 4, 5, 6]) expect(stdout.replace(/\n/g, ' ')).toMatch(new RegExp(`[ ;]${exit} [a-zT]`))
  expect(await person.type(['--version']).ended).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
  })
})
