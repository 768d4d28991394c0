import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { variableOf } from '../../worker/connections.js'
import { readEnvironment } from '../../worker/environment.js'

interface Service {
  readonly image?: string
  readonly build?: string
  readonly command?: readonly string[]
  readonly environment?: Readonly<Record<string, string>>
  readonly ports?: readonly string[]
  readonly volumes?: readonly string[]
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>
  readonly healthcheck?: unknown
}

const at = (name: string): string => fileURLToPath(new URL(`../../${name}`, import.meta.url))
const text = readFileSync(at('docker-compose.yml'), 'utf8')
const { services, volumes } = parse(text, { strict: true, uniqueKeys: true }) as {
  services: Record<string, Service>
  volumes: Record<string, unknown>
}
const WORKERS = ['control-worker', 'data-worker']
const PINNED = /^[\w./-]+:\d+\.\d+(\.\d+)?[\w.-]*$/

describe('docker-compose.yml, which cannot run where this is built', () => {
  test('has the databases, Temporal with its UI, and a worker of each role', () => {
    expect(Object.keys(services).toSorted()).toEqual(
      ['mysql', 'postgres', 'temporal', 'temporal-postgres', 'temporal-ui', ...WORKERS].toSorted(),
    )
    expect(services['mysql']?.image).toMatch(/^mysql:8\.4\./)
    expect(services['postgres']?.image).toMatch(/^postgres:17\./)
    expect(WORKERS.map((name) => services[name]?.command)).toEqual([
      ['worker', '--role', 'control'],
      ['worker', '--role', 'data'],
    ])
  })

  test('pins every image that it does not build', () => {
    for (const [name, service] of Object.entries(services)) {
      if (service.build !== undefined) continue
      expect(service.image, name).toMatch(PINNED)
    }
  })

  test('publishes on loopback only', () => {
    const published = Object.values(services).flatMap((service) => service.ports ?? [])
    expect(published.length).toBeGreaterThan(3)
    for (const port of published) expect(port).toMatch(/^127\.0\.0\.1:\d+:\d+$/)
  })

  test('waits only for services that it has, and that say when they are healthy', () => {
    for (const [name, service] of Object.entries(services)) {
      for (const [other, { condition }] of Object.entries(service.depends_on ?? {})) {
        expect(services[other], `${name} waits for ${other}`).toBeDefined()
        expect(condition).toBe('service_healthy')
        expect(services[other]?.healthcheck, `${other} tells its health`).toBeDefined()
      }
    }
  })

  test('declares every named volume', () => {
    const used = Object.values(services).flatMap((service) => (service.volumes ?? []).map((v) => v.split(':')[0] ?? ''))
    expect(used.toSorted()).toEqual(Object.keys(volumes).toSorted())
  })

  test.each(WORKERS)('tells %s what a worker reads, by the names that it reads', (name) => {
    const variables = services[name]?.environment ?? {}
    expect(Object.keys(variables).toSorted()).toEqual(
      [
        'NIGHTFERRY_API_LISTEN',
        'NIGHTFERRY_API_TOKEN',
        'NIGHTFERRY_METRICS_HOST',
        'NIGHTFERRY_METRICS_PORT',
        variableOf('shop-mysql'),
        variableOf('shop-pg'),
        'TEMPORAL_ADDRESS',
      ].toSorted(),
    )
    const { temporal, api, metrics } = readEnvironment(variables, '/')
    expect(temporal.address).toBe('temporal:7233')
    expect(api).toMatchObject({ host: '0.0.0.0', port: 8088 })
    expect(metrics).toEqual({ host: '0.0.0.0', port: 9464 })
    for (const variable of [variableOf('shop-mysql'), variableOf('shop-pg')]) {
      expect(services[new URL(variables[variable] ?? '').hostname], variable).toBeDefined()
    }
  })
})

describe('Dockerfile', () => {
  const lines = readFileSync(at('Dockerfile'), 'utf8').split('\n')

  test('pins Node 20 on Debian, since the native half of the SDK needs glibc', () => {
    const bases = lines.filter((line) => line.startsWith('FROM '))
    expect(bases.length).toBe(2)
    for (const base of bases) expect(base).toMatch(/^FROM node:20\.\d+\.\d+-bookworm-slim( AS build)?$/)
  })

  test('starts the command line that the package has', () => {
    const entry = lines.find((line) => line.startsWith('ENTRYPOINT '))
    expect(JSON.parse(entry?.replace('ENTRYPOINT ', '') ?? '[]')).toEqual(['node', '/app/bin/nightferry.js'])
    expect(existsSync(at('bin/nightferry.js'))).toBe(true)
  })

  test('copies nothing that .dockerignore keeps away', () => {
    const ignored = readFileSync(at('.dockerignore'), 'utf8').split('\n')
    expect(ignored).toEqual(expect.arrayContaining(['.dev', '.git', '.nightferry', 'dist', 'node_modules']))
    const wanted = ['core', 'databases', 'activities', 'workflows', 'worker', 'client', 'scripts', 'benchmarks']
    for (const folder of wanted) expect(ignored).not.toContain(folder)
  })
})
