import type { Command } from 'commander'
import type { CopyOptions } from './commands/copy.js'
import type { PublishOptions } from './commands/publish.js'
import type { Context } from './context.js'
import type { ExitCode } from './exit-codes.js'

type Start = (run: (context: Context) => Promise<ExitCode>) => Promise<void>

const BY = ['--by <name>', 'who asks, for the audit trail (else the user of the operating system)'] as const

/** What becomes of the databases that runs build aside. */
export function addPublishing(program: Command, start: Start): void {
  program
    .command('publish')
    .description('the databases that runs have built; with --run what it would be to publish that one, green or not')
    .argument('<name>', "the migration's name")
    .option('--run <id>', "whose database; an earlier run's is the way back")
    .option('--execute', 'publish it: sessions of the published one are ended, and reconnect to this one')
    .option(...BY)
    .action(
      async (name: string, options: PublishOptions) =>
        await start(async (context) => await (await import('./commands/publish.js')).publish(context, name, options)),
    )
  program
    .command('copy')
    .description(
      'one more database like the published one, whose readers keep their sessions; without a copy: the list',
    )
    .argument('<name>', "the migration's name")
    .argument('[copy]', 'what to call it: `ci-1234` makes database NAME_ci_1234; one that is there is shown first')
    .option('--drop', 'show what would be dropped instead, with older ones of that name')
    .option('--execute', 'drop it; without --drop, make it anew where it is there')
    .option(...BY)
    .action(
      async (name: string, copy: string | undefined, options: CopyOptions) =>
        await start(async (context) => await (await import('./commands/copy.js')).copy(context, name, copy, options)),
    )
}
