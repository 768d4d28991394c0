import { once } from 'node:events'
import { inspect } from 'node:util'
import { EXIT, type ExitCode } from './exit-codes.js'
import { Problem } from './problem.js'
import { plain } from './render/text.js'

type Style = 'bold' | 'dim' | 'red' | 'yellow' | 'green' | 'cyan'

/** Colours for one stream: none where it is no terminal, or where NO_COLOR is set. */
export type Paint = (style: Style, text: string) => string

export function paintFor(stream: { isTTY?: boolean }, env: NodeJS.ProcessEnv): Paint {
  const colours = stream.isTTY === true && !env['NO_COLOR'] && env['TERM'] !== 'dumb'
  return (style, text) => (colours ? coloured(style, text) : text)
}

// Not util.styleText: it looks at stdout by itself, and only in some of Node 20's versions.
function coloured(style: Style, text: string): string {
  const [on, off] = inspect.colors[style] ?? [0, 0]
  return `\u001b[${on}m${text}\u001b[${off}m`
}

export const noPaint: Paint = (_style, text) => text

/** stdout carries the answer (text, or JSON alone); stderr carries progress, warnings and errors. */
export interface Output {
  readonly json: boolean
  readonly paint: Paint
  readonly paintError: Paint
  /** An answer, as text; nothing under `--json`. */
  text(text: string): void
  /** An answer as JSON; nothing without `--json`. */
  document(value: unknown): void
  /** A document whose list `name` is too long for memory: the head's keys, then the list as it comes. Nothing without `--json`. */
  stream(head: object, name: string, pages: AsyncIterable<readonly unknown[]>): Promise<void>
  /** A word on the side. */
  note(text: string): void
  warn(text: string): void
}

export function outputTo(
  streams: { stdout: NodeJS.WriteStream; stderr: NodeJS.WriteStream },
  env: NodeJS.ProcessEnv,
  json: boolean,
): Output {
  const paintError = paintFor(streams.stderr, env)
  return {
    json,
    paint: paintFor(streams.stdout, env),
    paintError,
    text: (text) => void (json || streams.stdout.write(`${text}\n`)),
    document: (value) => void (json && streams.stdout.write(`${JSON.stringify(value, null, 2)}\n`)),
    stream: async (head, name, pages) => {
      if (json) await streamTo(streams.stdout, head, name, pages)
    },
    note: (text) => void streams.stderr.write(`${text}\n`),
    warn: (text) => void streams.stderr.write(`${paintError('yellow', 'warning:')} ${text}\n`),
  }
}

async function streamTo(
  stdout: NodeJS.WriteStream,
  head: object,
  name: string,
  pages: AsyncIterable<readonly unknown[]>,
): Promise<void> {
  const write = async (text: string): Promise<void> => {
    if (!stdout.write(text)) await once(stdout, 'drain')
  }
  await write(`${JSON.stringify(head, null, 2).replace(/\n\}$/, '')},\n  ${JSON.stringify(name)}: [`)
  let empty = true
  for await (const page of pages) {
    const lines = page.map((item) => `    ${JSON.stringify(item)}`).join(',\n')
    if (page.length > 0) await write(`${empty ? '' : ','}\n${lines}`)
    empty &&= page.length === 0
  }
  await write(empty ? ']\n}\n' : '\n  ]\n}\n')
}

/** Writes what went wrong, and gives the exit code. The stack stands only behind NIGHTFERRY_DEBUG. */
export function reportError(output: Output, error: unknown, env: NodeJS.ProcessEnv): ExitCode {
  const problem = asProblem(error)
  for (const line of problem.message.split('\n').filter((text) => text.trim() !== ''))
    output.note(output.paintError('red', `error: ${plain(line)}`))
  output.note(problem.remedy.split('\n').map(plain).join(' '))
  if (env['NIGHTFERRY_DEBUG']) console.error(error)
  const { message, remedy, exit } = problem
  output.document({ format: 1, ...problem.document, error: { message, remedy, exit } })
  return problem.exit
}

function asProblem(error: unknown): Problem {
  if (error instanceof Problem) return error
  const message = error instanceof Error ? error.message : String(error)
  return new Problem(EXIT.refused, message || 'an error without a message', 'Set NIGHTFERRY_DEBUG=1 to see where.', {
    cause: error,
  })
}
