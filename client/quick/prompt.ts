import { EXIT } from '../exit-codes.js'
import { Problem } from '../problem.js'

/** Asks on the terminal without an echo; an empty line is no password. Null where there is no terminal to ask on. */
export async function askPassword(question: string): Promise<string | null> {
  const { stdin, stderr } = process
  if (!stdin.isTTY || !stderr.isTTY) return null
  stderr.write(question)
  stdin.setRawMode(true)
  stdin.setEncoding('utf8')
  stdin.resume()
  try {
    return await typedLine()
  } finally {
    stdin.setRawMode(false)
    stdin.pause()
    stderr.write('\n')
  }
}

const CTRL_C = '\u0003'
const CTRL_D = '\u0004'
const CTRL_U = '\u0015'

async function typedLine(): Promise<string> {
  let line = ''
  return await new Promise((resolve, reject) => {
    const onData = (chunk: string): void => {
      for (const key of chunk) {
        if (key === '\r' || key === '\n' || key === CTRL_D) {
          process.stdin.off('data', onData)
          return resolve(line)
        }
        // In raw mode the terminal does not make a signal of it.
        if (key === CTRL_C) return reject(new Problem(EXIT.refused, 'interrupted', 'Nothing was changed.'))
        if (key === CTRL_U) line = ''
        else if (key === '\u007f' || key === '\b') line = line.replace(/.$/u, '')
        else line += key
      }
    }
    process.stdin.on('data', onData)
  })
}
