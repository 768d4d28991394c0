import { connect, createServer, type AddressInfo } from 'node:net'

/**
 * A loopback port that is free now, the preferred one if it is. A connection is opened and closed from the listening
 * side, so that the port rests in TIME_WAIT and the system gives it to nobody else for a minute.
 */
export async function freePort(preferred = 0): Promise<number> {
  try {
    return await probe(preferred)
  } catch (error) {
    if (preferred === 0 || (error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error
    return await probe(0)
  }
}

function probe(port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => {
      socket.on('error', () => {})
      socket.destroy()
      server.close()
    })
    server.on('error', reject)
    server.listen(port, '127.0.0.1', () => {
      const found = (server.address() as AddressInfo).port
      server.on('close', () => resolve(found))
      const client = connect(found, '127.0.0.1')
      client.on('error', () => {})
      client.resume()
    })
  })
}
