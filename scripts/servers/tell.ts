import { stepLine, type Report } from '../../client/embedded/steps.js'
import { serverVariables, type ServerUrls } from './start-servers.js'

/** Steps as lines on stderr: stdout belongs to results. */
export const reportToStderr: Report = (step) => {
  const line = stepLine(step)
  if (line !== null) process.stderr.write(`${line}\n`)
}

/** The variables as a shell takes them, and where Temporal's UI is. */
export function tellServers(urls: ServerUrls): string {
  const exports = Object.entries(serverVariables(urls)).map(([name, value]) => `export ${name}=${value}`)
  return [...exports, ...(urls.temporalUi ? [`# Temporal's UI: ${urls.temporalUi}`] : [])].join('\n')
}

/** What a person is told of an error: its sentence and, where it has one, what to do. */
export function tellError(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const remedy = (error as { details?: { remedy?: string } }).details?.remedy
  return remedy ? `${error.message}\n  ${remedy}` : error.message
}
