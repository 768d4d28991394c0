import { networkInterfaces } from 'node:os'

/** An address of this machine that a client of the network could come by: over loopback nothing is proven of it. */
export function ownAddress(): string {
  const all = Object.values(networkInterfaces()).flatMap((some) => some ?? [])
  const found = all.find(({ internal, family }) => !internal && family === 'IPv4')
  if (found === undefined)
    throw new Error(
      'This machine has no IPv4 address but loopback. Give it one: `ip link add fit0 type dummy; ip address add 10.99.0.1/32 dev fit0; ip link set fit0 up`.',
    )
  return found.address
}
