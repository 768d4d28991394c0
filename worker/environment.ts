import { resolve } from 'node:path'

export type Role = 'control' | 'data' | 'all'

/** What a worker process is told, from its environment alone; no URL and no password is ever an argument. */
export interface Environment {
  readonly temporal: TemporalEnvironment
  /** The folder that holds `.nightferry`. */
  readonly home: string
  readonly api: { readonly host: string; readonly port: number; readonly token: string | null }
  /** Where Prometheus may ask; null: nowhere. */
  readonly metrics: { readonly host: string; readonly port: number } | null
  readonly variables: Readonly<Record<string, string | undefined>>
}

export interface TemporalEnvironment {
  readonly address: string
  readonly namespace: string
  readonly apiKey: string | null
  readonly tls: TlsFiles | null
}

/** Paths, as Temporal's own CLI has them. */
export interface TlsFiles {
  readonly cert: string | null
  readonly key: string | null
  readonly ca: string | null
  readonly serverName: string | null
}

/** Something the environment says that cannot be: named, with what would be right. */
export class EnvironmentError extends Error {
  override readonly name = 'EnvironmentError'
  constructor(
    message: string,
    readonly remedy: string,
    /** Of the command line's contract: 2 wrong usage, 3 Temporal not reachable. */
    readonly exit: 1 | 2 | 3,
  ) {
    super(message)
  }
}

export function readEnvironment(variables: Readonly<Record<string, string | undefined>>, folder: string): Environment {
  return {
    temporal: readTemporal(variables),
    home: resolve(variables['NIGHTFERRY_HOME'] || folder),
    api: {
      ...readListen(variables['NIGHTFERRY_API_LISTEN'] || '127.0.0.1:0'),
      token: variables['NIGHTFERRY_API_TOKEN'] || null,
    },
    metrics: readMetrics(variables),
    variables,
  }
}

function readTemporal(variables: Readonly<Record<string, string | undefined>>): TemporalEnvironment {
  const value = (name: string): string | null => variables[name] || null
  const apiKey = value('TEMPORAL_API_KEY')
  const tls: TlsFiles = {
    cert: value('TEMPORAL_TLS_CERT'),
    key: value('TEMPORAL_TLS_KEY'),
    ca: value('TEMPORAL_TLS_CA'),
    serverName: value('TEMPORAL_TLS_SERVER_NAME'),
  }
  const wanted = /^(1|true|yes)$/i.test(value('TEMPORAL_TLS') ?? '')
  const any = wanted || apiKey !== null || Object.values(tls).some((file) => file !== null)
  return {
    address: value('TEMPORAL_ADDRESS') ?? '127.0.0.1:7233',
    namespace: value('TEMPORAL_NAMESPACE') ?? 'default',
    apiKey,
    tls: any ? tls : null,
  }
}

/** For benchmarks that measure what proof costs, and for nothing else: no digest is taken and nothing is proved. */
export const isUndigested = (variables: Environment['variables']): boolean =>
  variables['NIGHTFERRY_BENCH_UNPROVED'] === '1'

/** A port of each process's own: two cannot share one. */
function readMetrics(variables: Environment['variables']): Environment['metrics'] {
  const text = variables['NIGHTFERRY_METRICS_PORT']
  if (!text) return null
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0
  if (port >= 1 && port <= 65_535) return { host: variables['NIGHTFERRY_METRICS_HOST'] || '127.0.0.1', port }
  throw new EnvironmentError(
    `The port of the metrics is ${JSON.stringify(text)}`,
    'Give NIGHTFERRY_METRICS_PORT, or --metrics-port, a number from 1 to 65535.',
    2,
  )
}

/** `host:port`, with brackets around an IPv6 address; port 0 takes a free one. */
function readListen(text: string): { host: string; port: number } {
  const match = /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(text)
  const port = Number(match?.[3])
  const host = match?.[1] ?? match?.[2]
  if (host === undefined || !(port <= 65_535))
    throw new EnvironmentError(
      `NIGHTFERRY_API_LISTEN is ${JSON.stringify(text)}`,
      'Write host:port, for example 127.0.0.1:8088 or [::1]:8088.',
      2,
    )
  return { host, port }
}
