import type { Command } from 'commander'
import type { WaiveOptions } from './commands/waive.js'
import type { Context } from './context.js'
import type { ExitCode } from './exit-codes.js'

type Start = (run: (context: Context) => Promise<ExitCode>) => Promise<void>

/** Can it work, and is the target ready for production? */
export function addChecks(program: Command, start: Start): void {
  program
    .command('check')
    .description("can it work? findings with remedies; with --target: is the target's server ready for production?")
    .argument('<file>', "the migration's YAML file; with --target also its name, by what is applied")
    .option(
      '--target',
      'archive, backups, standby, settings, and what the application may; exits with 1 while one is open',
    )
    .action(
      async (file: string, { target }: { target?: boolean }) =>
        await start(async (context) =>
          target === true
            ? await (await import('./commands/check-target.js')).checkTarget(context, file)
            : await (await import('./commands/inspection.js')).check(context, file),
        ),
    )
}

export function addWaivers(program: Command, start: Start): void {
  program
    .command('waive')
    .description("a check of the target's fitness may be as it is, until a moment; without a check: the list")
    .argument('<name>', "the migration's name")
    .argument('[check]', 'which one, as `check --target` lists them')
    .option('--reason <text>', 'why, for whoever finds it')
    .option('--expires <when>', 'after so long (`30d`) or at a moment; at most 90 days ahead')
    .option('--lift', 'take it back')
    .option('--by <name>', 'who answers for it (else the user of the operating system)')
    .action(
      async (name: string, check: string | undefined, options: WaiveOptions) =>
        await start(
          async (context) => await (await import('./commands/waive.js')).waive(context, name, check, options),
        ),
    )
}
