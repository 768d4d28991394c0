import { readFileSync } from 'node:fs'
import { connect, createServer, type Socket } from 'node:net'
import { fileURLToPath } from 'node:url'
import { TLSSocket } from 'node:tls'

export interface ProxyOptions {
  /** Answers SSLRequest with S and speaks TLS as `localhost`; otherwise with N. */
  readonly tls: boolean
  /** Refuses a startup without TLS as pg_hba.conf does (28000). */
  readonly onlyTls?: boolean
  /** Refuses a startup over TLS (28000). */
  readonly onlyPlain?: boolean
  /** Hands out a process id of its own, as poolers do. */
  readonly pooler?: boolean
  /** Asks for this password in clear text and refuses every other (28P01). */
  readonly password?: string
}

const tlsFile = (name: string): string => fileURLToPath(new URL(`./tls/${name}`, import.meta.url))
export const CA_FILE = tlsFile('ca.pem')

const SSL_REQUEST = 80_877_103

/** Stands before a real PostgreSQL on 127.0.0.1 and behaves as told. `secured`: for each session, whether it had TLS. */
export async function withProxy<T>(
  server: string,
  options: ProxyOptions,
  use: (port: number, secured: boolean[]) => Promise<T>,
): Promise<T> {
  const { hostname, port } = new URL(server)
  const secured: boolean[] = []
  const sockets = new Set<Socket>()
  const proxy = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {}).once('data', (first: Buffer) => greet(socket, first))
  })
  const greet = (socket: Socket, first: Buffer): void => {
    if (first.readInt32BE(4) !== SSL_REQUEST) return begin(socket, first, false)
    socket.write(options.tls ? 'S' : 'N')
    const next = options.tls ? secure(socket) : socket
    next.on('error', () => {}).once('data', (startup: Buffer) => begin(next, startup, options.tls))
  }
  const begin = (client: Socket, startup: Buffer, tls: boolean): void => {
    if (tls ? options.onlyPlain : options.onlyTls) return void client.end(refusal('28000', 'no pg_hba.conf entry'))
    if (options.password === undefined) return forward(client, startup, tls)
    client.write(message('R', Buffer.from([0, 0, 0, 3])))
    client.once('data', (answer: Buffer) => {
      if (answer.subarray(5, -1).toString() === options.password) forward(client, startup, tls)
      else client.end(refusal('28P01', 'password authentication failed'))
    })
  }
  const forward = (client: Socket, startup: Buffer, tls: boolean): void => {
    secured.push(tls)
    const upstream = connect({ host: hostname, port: Number(port) })
    sockets.add(upstream)
    upstream.on('error', () => client.destroy()).on('close', () => client.destroy())
    client.on('close', () => upstream.destroy())
    upstream.write(startup)
    client.pipe(upstream)
    upstream.once('data', (greeting: Buffer) => {
      client.write(options.pooler ? renamed(greeting) : greeting)
      upstream.pipe(client)
    })
  }
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
  try {
    return await use((proxy.address() as { port: number }).port, secured)
  } finally {
    for (const socket of sockets) socket.destroy()
    await new Promise((resolve) => proxy.close(resolve))
  }
}

const secure = (socket: Socket): TLSSocket =>
  new TLSSocket(socket, {
    isServer: true,
    cert: readFileSync(tlsFile('localhost.pem')),
    key: readFileSync(tlsFile('localhost.key')),
  })

const refusal = (code: string, text: string): Buffer =>
  message('E', Buffer.from(`SFATAL\0VFATAL\0C${code}\0M${text}\0\0`))

function message(type: string, body: Buffer): Buffer {
  const head = Buffer.alloc(5)
  head.write(type)
  head.writeInt32BE(body.length + 4, 1)
  return Buffer.concat([head, body])
}

/** Changes the process id in BackendKeyData; without a password the whole greeting comes in one piece. */
function renamed(greeting: Buffer): Buffer {
  for (let at = 0; at + 5 <= greeting.length; at += 1 + greeting.readInt32BE(at + 1)) {
    if (greeting[at] === 0x4b) greeting.writeInt32BE(7, at + 5)
  }
  return greeting
}
