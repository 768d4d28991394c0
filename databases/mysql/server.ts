/** What answered: `mysql` covers Percona Server and Aurora too, which call themselves MySQL's version. */
export interface Server {
  readonly product: 'MySQL' | 'MariaDB'
  /** As the server prints it: `10.11.19-MariaDB-0+deb12u1-log`. */
  readonly version: string
  /** Major, minor, patch. */
  readonly numbers: readonly [number, number, number]
}

/** Reads `version()`. Replication's compatibility prefix `5.5.5-` of older MariaDB handshakes is not part of it. */
export function readVersion(version: string): Server {
  const product = /mariadb/i.test(version) ? 'MariaDB' : 'MySQL'
  const [, major = '0', minor = '0', patch = '0'] =
    /(\d+)\.(\d+)(?:\.(\d+))?/.exec(version.replace(/^5\.5\.5-/, '')) ?? []
  return { product, version, numbers: [Number(major), Number(minor), Number(patch)] }
}

/** Is it this version or a later one? Says nothing about the product. */
export function isAtLeast(server: Server, ...wanted: readonly number[]): boolean {
  for (const [i, want] of wanted.entries()) {
    const have = server.numbers[i] ?? 0
    if (have !== want) return have > want
  }
  return true
}

export const isMariaDb = (server: Server): boolean => server.product === 'MariaDB'
