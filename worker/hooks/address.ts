import { Failure } from '../../core/failure.js'
import { contentOf } from '../connections.js'

export type Variables = Readonly<Record<string, string | undefined>>

/** `ci-webhook` is looked for as `NIGHTFERRY_HOOK_CI_WEBHOOK_URL` and `..._SECRET`. */
export const hookVariable = (name: string, what: 'URL' | 'SECRET'): string =>
  `NIGHTFERRY_HOOK_${name.toUpperCase().replace(/[^A-Z0-9]/g, '_')}_${what}`

/**
 * Where a named hook is called, and what it is signed with: the variables, else the files that `<variable>_FILE` name.
 * Read anew each time. Throws `hook-failed` where one is not there, and says nothing of what it holds.
 */
export function hookAddress(name: string, variables: Variables): { readonly url: URL; readonly secret: string } {
  const url = parse(required(name, 'URL', variables))
  if (url === null) {
    throw new Failure('hook-failed', 'the worker has no URL of http or https for it', {
      remedy: `Correct ${hookVariable(name, 'URL')}: http://... or https://...`,
    })
  }
  return { url, secret: required(name, 'SECRET', variables) }
}

function required(name: string, what: 'URL' | 'SECRET', variables: Variables): string {
  const variable = hookVariable(name, what)
  const file = variables[`${variable}_FILE`]
  const value = variables[variable]?.trim() || (file ? contentOf(file) : null)
  if (value) return value
  const missing = what === 'URL' ? 'the worker does not know its URL' : 'the worker has no secret to sign it with'
  const sought = what === 'URL' ? '' : ' (any long random text, where the receiver checks no signature)'
  throw new Failure('hook-failed', missing, {
    remedy: `Set ${variable}, or ${variable}_FILE, in the environment of the control worker${sought}, and start it again.`,
  })
}

function parse(text: string): URL | null {
  const url = URL.canParse(text) ? new URL(text) : null
  return url !== null && /^https?:$/.test(url.protocol) ? url : null
}
