import type { Command } from 'commander'
import type { AbortOptions } from './commands/abort.js'
import type { PauseOptions, ResumeOptions } from './commands/pause.js'
import type { PersonOptions } from './commands/person.js'
import type { RetryOptions, SkipOptions } from './commands/retry.js'
import type { ScheduleCommandOptions } from './commands/schedule.js'
import type { Context } from './context.js'
import type { ExitCode } from './exit-codes.js'

type Start = (run: (context: Context) => Promise<ExitCode>) => Promise<void>

const BY = ['--by <name>', 'who asks, for the audit trail (else the user of the operating system)'] as const

const collect = (value: string, before: string[] | undefined): string[] => [...(before ?? []), value]

const command = (program: Command, name: string, description: string): Command =>
  program.command(name).description(description).argument('<name>', "the migration's name")

/** Waiting, going on, and mending: what people tell a migration while it runs. */
export function addHolds(program: Command, start: Start): void {
  command(program, 'pause', 'everything, or one table, waits until it is resumed; says what has really stopped')
    .requiredOption('--reason <text>', 'why, for whoever finds it')
    .option('--table <name>', 'only this table waits')
    .option(...BY)
    .action(
      async (name: string, options: PauseOptions) =>
        await start(async (context) => await (await import('./commands/pause.js')).pause(context, name, options)),
    )
  command(program, 'resume', 'lifts your own holds, and those that failures made; says what holds still')
    .option('--table <name>', 'the hold of this table')
    .option('--hold <id>', "this one, whoever's it is (see `holds`)")
    .option('--reason <text>', 'why, for the audit trail')
    .option(...BY)
    .action(
      async (name: string, options: ResumeOptions) =>
        await start(async (context) => await (await import('./commands/pause.js')).resume(context, name, options)),
    )
  command(program, 'holds', 'why it waits, how each hold is lifted, and who asked for what lately').action(
    async (name: string) =>
      await start(async (context) => await (await import('./commands/holds.js')).holds(context, name)),
  )
  addMending(program, start)
  addSchedule(program, start)
}

function addSchedule(program: Command, start: Start): void {
  command(program, 'schedule', "when runs begin by themselves: as the config's `schedule` says, or as is said here")
    .option('--at <time>', 'the time of the day and the place: "04:00 Europe/Paris"')
    .option('--days <days>', 'on which days: mon-fri, or mon,wed,sat')
    .option('--jitter <time>', 'up to so much later, by chance')
    .option('--catch-up <time>', 'how much later one may begin that could not in time; beyond it, it is dropped')
    .option('--deadline <time>', 'how long one may take; `none`: until an hour before the next')
    .option('--show', 'what is scheduled, and what became of it')
    .option('--pause', 'none begins until it is resumed; a resume of the migration does not')
    .option('--resume', 'they begin again')
    .option('--remove', 'none begins any more')
    .option('--now', 'one begins now')
    .option('--reason <text>', 'why, for the audit trail')
    .option(...BY)
    .action(
      async (name: string, options: ScheduleCommandOptions) =>
        await start(async (context) => await (await import('./commands/schedule.js')).schedule(context, name, options)),
    )
}

function addMending(program: Command, start: Start): void {
  command(program, 'retry', 'tables that stopped, once more from where they were; follows it as `run` does')
    .option('--table <name>', 'only this table; may be said several times', collect)
    .option('--run <id>', 'which run (else the last one)')
    .option('--detach', 'start it and come back at once')
    .option(...BY)
    .action(
      async (name: string, options: RetryOptions) =>
        await start(async (context) => await (await import('./commands/retry.js')).retry(context, name, options)),
    )
  command(program, 'skip', 'sets a table that stopped aside: its run is complete without it')
    .requiredOption('--table <name>', 'which one')
    .requiredOption('--reason <text>', 'why, for the audit trail')
    .option('--run <id>', 'which run (else the last one)')
    .option(...BY)
    .action(
      async (name: string, options: SkipOptions) =>
        await start(async (context) => await (await import('./commands/retry.js')).skip(context, name, options)),
    )
  command(program, 'abort', 'ends what is under way; what it did stays')
    .requiredOption('--reason <text>', 'why, for the audit trail')
    .option(...BY)
    .action(
      async (name: string, options: AbortOptions) =>
        await start(async (context) => await (await import('./commands/abort.js')).abort(context, name, options)),
    )
  command(program, 'set', 'turns knobs while it runs, until the next apply')
    .argument('<knob...>', 'parallelism, chunk_bytes, rows_per_second or window, as KNOB=VALUE; KNOB=default')
    .option(...BY)
    .action(
      async (name: string, knobs: string[], options: PersonOptions) =>
        await start(async (context) => await (await import('./commands/set.js')).set(context, name, knobs, options)),
    )
}
