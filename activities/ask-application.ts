import { applicationOf } from '../core/config/publish.js'
import { Failure } from '../core/failure.js'
import { unheard, type Asked, type OnTarget } from '../core/fitness/gathered.js'
import type { TargetPort } from '../core/ports.js'
import { quoteName } from '../core/sql-text.js'
import type { Ask } from './asking.js'
import type { Assessed } from './gather-fitness.js'
import type { Tools } from './tools.js'

/** Asks as the application's own role, by the connection of its own. Unheard where none is configured, or it does not come in. */
export async function askApplication(
  { ports }: Pick<Tools, 'ports'>,
  { config, home, tables }: Assessed,
  ask: Ask,
): Promise<Asked<OnTarget>> {
  const name = applicationOf(config)
  if (name === null)
    return unheard(
      'target.application is not configured',
      "Name a connection as the application's own role: `target: {application: shop-app}`, and give the worker its URL.",
    )
  return await ask("the application's role", async (limit) => {
    const [port, target] = await Promise.all([ports.target(name, null), ports.target(home.connection, home.database)])
    const asked = async () => await port.applicationFacts(config.target.schema, tables ?? [], limit)
    const facts = await asked().catch(async (error: unknown) => {
      throw asApplication(error, name, home.published ?? home.database ?? (await nameOf(target)))
    })
    const servers = await Promise.allSettled([port.identify(), target.identify()])
    const [there, here] = servers.map((one) => (one.status === 'fulfilled' ? one.value.server : null))
    return { ...facts, sameServer: there && here ? there === here : null, ...(tables === null && { unplanned: true }) }
  })
}

const nameOf = async (target: TargetPort): Promise<string | null> =>
  await target.identify().then(
    ({ database }) => database,
    () => null,
  )

/** The adapter speaks to whoever looks after the target: no run makes the application's database, or has its rights. */
function asApplication(error: unknown, name: string, published: string | null): unknown {
  if (!(error instanceof Failure)) return error
  const { kind, message, details } = error
  const where = published === null ? 'the published database is the one of the target' : `people read ${published}`
  const said = message.replace(`The target ${name} `, `The application's connection ${name} `)
  const remedies: Partial<Record<typeof kind, string>> = {
    'target-missing': `Correct the database in the URL of connection ${name}: ${where}.`,
    'target-privilege': `Let its role in: \`GRANT CONNECT ON DATABASE ${published === null ? '...' : quoteName(published)} TO ...\`.`,
  }
  return new Failure(kind, said, { ...details, remedy: remedies[kind] ?? details.remedy })
}
