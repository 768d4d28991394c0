import { endProcess } from '../client/embedded/process-identity.js'
import { upHolder } from './servers/up-state.js'

/** Longer than any one server's grace, since it stops all of them. */
const GRACE_MS = 60_000

/** `npm run dev:down`: stops the servers of `dev:up`; their data stays in `.dev/up`. Repeatable. */
const holder = upHolder()
if (holder === null) {
  console.error('No servers of dev:up are running.')
} else {
  const begun = performance.now()
  await endProcess(holder, GRACE_MS)
  console.error(`Servers stopped (${((performance.now() - begun) / 1000).toFixed(1)} s).`)
}
