import { createServer } from 'node:net'

/** So many ports of loopback behind one another that nobody has now. */
export async function freePorts(count: number): Promise<number[]> {
  for (;;) {
    const first = 20_000 + Math.floor(Math.random() * 20_000)
    const servers = await Promise.allSettled(
      Array.from({ length: count }, async (_, i) => {
        const server = createServer()
        await new Promise<void>((resolve, reject) => {
          server.once('error', reject)
          server.listen(first + i, '127.0.0.1', resolve)
        })
        return server
      }),
    )
    const isFree = servers.every(({ status }) => status === 'fulfilled')
    for (const one of servers) if (one.status === 'fulfilled') await new Promise((resolve) => one.value.close(resolve))
    if (isFree) return Array.from({ length: count }, (_, i) => first + i)
  }
}
