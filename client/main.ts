import { CommanderError } from 'commander'
import { EXIT, type ExitCode } from './exit-codes.js'
import { outputTo, reportError } from './output.js'
import { Problem } from './problem.js'
import { makeProgram } from './program.js'

const { argv, env } = process

let code: ExitCode = EXIT.done
try {
  await makeProgram(env, process.cwd(), (exit) => (code = exit)).parseAsync(argv)
} catch (error) {
  code = failed(error)
}
// A pipe that is read slowly still holds our answer; open connections must not keep the process.
process.stdout.write('', () => process.stderr.write('', () => process.exit(code)))

function failed(error: unknown): ExitCode {
  if (error instanceof CommanderError && error.exitCode === 0) return EXIT.done
  // Commander may not have got as far as reading the options.
  return reportError(outputTo(process, env, argv.includes('--json')), usageOf(error), env)
}

function usageOf(error: unknown): unknown {
  if (!(error instanceof CommanderError)) return error
  if (error.code === 'commander.help')
    return new Problem(EXIT.usage, 'a command is missing', 'See `nightferry --help`.')
  const command = argv[2] !== undefined && /^[a-z]+$/.test(argv[2]) ? ` ${argv[2]}` : ''
  const remedy =
    error.code === 'commander.unknownCommand' ? 'See `nightferry --help`.' : `See \`nightferry${command} --help\`.`
  return new Problem(EXIT.usage, error.message.replace(/^error: /, '').replaceAll('\n', ' '), remedy)
}
