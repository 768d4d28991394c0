import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { onMysql } from '../../servers.js'
import type { World } from '../world.js'
import { changed, type FitnessCase, type Made } from './case.js'

/** The database that people read. */
export const DATABASE_CASES: readonly FitnessCase[] = [
  {
    ...{ check: 'extensions', state: 'green', title: 'as the server has them' },
    evidence: /\bhstore 1\.\d+/,
    make: changed('create extension hstore', 'drop extension hstore'),
  },
  {
    ...{ check: 'extensions', state: 'red', title: 'one that stayed behind' },
    evidence: /^hstore 1\.4, and the server has 1\.[5-9]/,
    make: changed(`create extension hstore version '1.4'`, 'drop extension hstore'),
  },
  { ...{ check: 'collations', state: 'green', title: 'as they were' }, evidence: /^as they were recorded \(/ },
  {
    ...{ check: 'collations', state: 'red', title: 'of a column: ICU is another' },
    evidence: /^pg_catalog\."und-x-icu": recorded 57\.1, now \d/,
    make: changed(
      `update pg_collation set collversion = '57.1' where collname = 'und-x-icu'`,
      'alter collation "und-x-icu" refresh version',
    ),
  },
  {
    ...{ check: 'collations', state: 'red', title: 'of the database: the C library is another' },
    evidence: /^of the database: recorded 2\.28, now /,
    make: changed(
      `update pg_database set datcollversion = '2.28' where datname = 'shop'`,
      `update pg_database set datcollversion = null where datname = 'shop'`,
    ),
  },
  {
    ...{ check: 'time-zone', state: 'green', title: 'UTC on both' },
    evidence: /^sessions begin with UTC \(UTC\), as on the source$/,
  },
  {
    ...{ check: 'time-zone', state: 'green', title: 'Japan on both' },
    evidence: /^sessions begin with Asia\/Tokyo \(UTC\+09:00\), as on the source$/,
    make: async (world) => both(await targetIn(world, 'Asia/Tokyo'), await sourceIn(world, '+09:00')),
  },
  {
    ...{ check: 'time-zone', state: 'red', title: 'the database has one of its own' },
    evidence: /^sessions begin with Asia\/Tokyo \(UTC\+09:00\), on the source with UTC$/,
    make: (world) => targetIn(world, 'Asia/Tokyo'),
  },
  {
    ...{ check: 'time-zone', state: 'red', title: 'the source has one of its own' },
    evidence: /^sessions begin with UTC \(UTC\), on the source with UTC-03:30$/,
    make: (world) => sourceIn(world, '-03:30'),
  },
  {
    ...{ check: 'time-zone', state: 'red', title: 'alike for half of the year' },
    evidence: /^sessions begin with Europe\/Paris \(UTC\+0[12]:00\), .*on the source/,
    make: async (world) => both(await targetIn(world, 'Europe/Paris'), await sourceIn(world, '+01:00')),
  },
  { ...{ check: 'encoding', state: 'green', title: 'UTF8' }, evidence: /^UTF8 \(/ },
  ...(['LATIN1', 'SQL_ASCII'] as const).map((encoding) => ({
    ...{ check: 'encoding' as const, state: 'red' as const, title: encoding },
    evidence: new RegExp(`^${encoding}: `),
    make: async ({ fit }: World): Promise<Made> => {
      await fit.sql(`create database other encoding '${encoding}' locale 'C' template template0`)
      return { asking: { target: fit.url('other') }, undo: () => fit.sql('drop database other with (force)') }
    },
  })),
  {
    ...{ check: 'free-space', state: 'green', title: 'the server says so' },
    evidence: /are free, as the server says; the database has /,
  },
  {
    ...{ check: 'free-space', state: 'green', title: "a person's command says so" },
    evidence: /are free, as target\.free_space says; the database has /,
    make: (world) => told(world, 'echo 999999999999'),
  },
  {
    ...{ check: 'free-space', state: 'red', title: 'there is no room for one more' },
    evidence: /are free, as target\.free_space says; the database has /,
    make: (world) => told(world, 'echo 1000000'),
  },
  {
    ...{ check: 'free-space', state: 'red', title: 'a slot keeps the log that nobody reads' },
    evidence: /^Replication slots that nobody reads keep the server's log \(WAL\): nobody \(/,
    make: changed(
      `select pg_create_physical_replication_slot('nobody', true)`,
      `select pg_drop_replication_slot('nobody')`,
    ),
  },
  {
    ...{ check: 'free-space', state: 'unknown', title: 'the command fails' },
    evidence: /^how much is free on the server is not known from here$/,
    make: (world) => told(world, 'exit 1'),
  },
]

async function targetIn({ fit }: World, zone: string): Promise<Made> {
  await fit.sql(`alter database shop set timezone to '${zone}'`)
  return { undo: () => fit.sql('alter database shop reset timezone') }
}

async function sourceIn({ source }: World, zone: string): Promise<Made> {
  await onMysql(source.url, `set global time_zone = '${zone}'`)
  return { undo: () => onMysql(source.url, `set global time_zone = '+00:00'`) }
}

const both = (...all: readonly Made[]): Made => ({
  undo: () => Promise.all(all.map(async ({ undo }) => await undo?.())),
})

/** By a program of the worker's home, for an account that may ask the server for no `df`. */
async function told({ home, fit }: World, script: string): Promise<Made> {
  const program = join(home, 'free-space')
  writeFileSync(program, `#!/bin/sh\n${script}\n`)
  chmodSync(program, 0o755)
  return { asking: { target: fit.url('shop', 'migrator'), freeSpace: ['./free-space'] } }
}
