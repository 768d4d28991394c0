import { LineCounter, parseDocument, visit, type Document } from 'yaml'
import { parseConfig } from '../core/config/parse.js'
import { issueSentence } from '../core/config/sentence.js'
import type { Config } from '../core/config/types.js'
import { lineOf } from './config-lines.js'

/** One thing that is wrong with a file: what `path` holds, on `line` (from 1). No value of a URL or of an unknown key. */
export interface ConfigProblem {
  readonly line: number
  readonly path: readonly (string | number)[]
  /** `limits.parallelism ("many") must be a whole number from 1 to 64`. */
  readonly sentence: string
}

export type ReadConfig =
  { readonly ok: true; readonly config: Config } | { readonly ok: false; readonly problems: readonly ConfigProblem[] }

/** Reads a configuration's YAML. Says everything that is wrong with it at once, in the order of the lines. Never throws. */
export function readConfigText(text: string): ReadConfig {
  const counter = new LineCounter()
  // Not pretty: pretty errors quote the file, which may hold a password that somebody put there.
  const document = parseDocument(text, { lineCounter: counter, prettyErrors: false })
  const broken = brokenParts(document)
  if (broken.length) {
    const problems = broken.map(({ at, message }) => ({
      line: counter.linePos(at).line,
      path: [],
      sentence: `the file is no YAML that can be read: ${message}`,
    }))
    return { ok: false, problems }
  }
  const value = valueOf(() => document.toJS())
  if (!value.ok) return { ok: false, problems: [{ line: 1, path: [], sentence: value.sentence }] }
  const parsed = parseConfig(value.value)
  if (parsed.ok) return parsed
  const problems = parsed.issues
    .map((issue) => ({ line: lineOf(document, counter, issue.path), path: issue.path, sentence: issueSentence(issue) }))
    .sort((a, b) => a.line - b.line)
  return { ok: false, problems }
}

/** What the parser says, and aliases to nowhere, which it only meets when values are asked for. */
function brokenParts(document: Document.Parsed): { readonly at: number; readonly message: string }[] {
  const broken = document.errors.map((error) => ({ at: error.pos[0], message: error.message }))
  visit(document, {
    Alias: (_key, alias) => {
      if (alias.resolve(document)) return
      broken.push({ at: alias.range?.[0] ?? 0, message: `there is no &${alias.source} before *${alias.source}` })
    },
  })
  return broken
}

/** Aliases of aliases, so many that they blow the document up. */
function valueOf(read: () => unknown): { ok: true; value: unknown } | { ok: false; sentence: string } {
  try {
    return { ok: true, value: read() }
  } catch (error) {
    return { ok: false, sentence: `the file is no YAML that can be read: ${(error as Error).message}` }
  }
}

/** `shop.yaml:12: limits.chunk_byts is no key of limits: did you mean chunk_bytes?` */
export const problemLine = (file: string, problem: ConfigProblem): string =>
  `${file}:${problem.line}: ${problem.sentence}`
