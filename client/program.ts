import { Command } from 'commander'
import { PRODUCT } from '../core/product.js'
import { makeContext, type Context, type GlobalOptions } from './context.js'
import type { ReportOptions } from './commands/report.js'
import type { RunOptions } from './commands/run.js'
import type { RepairOptions } from './commands/repair.js'
import type { TrendOptions } from './commands/trend.js'
import type { VerifyOptions } from './commands/verify.js'
import type { WorkerOptions } from './commands/worker.js'
import type { ExitCode } from './exit-codes.js'
import { outputTo } from './output.js'
import { addChecks, addWaivers } from './program-fitness.js'
import { addHolds } from './program-hold.js'
import { addPublishing } from './program-publish.js'

type Run = (context: Context) => Promise<ExitCode>

const EXITS = `
Exit codes: 0 done, complete, or yes; 1 refused or a blocking finding; 2 wrong usage; 3 Temporal not reachable or no
worker; 4 incomplete (also: left running by Ctrl-C); 5 complete with rejects; 6 differences.`

/**
 * The command line. Each command's code is loaded when it is called, so that \`--help\` pays for none of them.
 * \`done\` is told the exit code of the command that ran.
 */
export function makeProgram(env: NodeJS.ProcessEnv, folder: string, done: (code: ExitCode) => void): Command {
  const program = new Command('nightferry')
    .description('Continuous migration of MySQL and MariaDB to PostgreSQL, durable on Temporal.')
    .version(PRODUCT.version, '--version')
    .option('--json', 'answer as JSON (format 1), alone on stdout')
    .option(
      '--address <host:port>',
      'where Temporal is (else TEMPORAL_ADDRESS, the `up` of this folder, 127.0.0.1:7233)',
    )
    .option('--namespace <name>', 'its namespace (else TEMPORAL_NAMESPACE, `default`)')
    .addHelpText('after', EXITS)
    .showHelpAfterError(false)
    .exitOverride()
    .configureOutput({ outputError: () => {} })
  const start = async (run: Run): Promise<void> => {
    const options = program.opts<GlobalOptions>()
    done(await run(makeContext(outputTo(process, env, options.json ?? false), options, env, folder)))
  }
  addMachine(program, start)
  addFiles(program, start)
  addNames(program, start)
  addLife(program, start)
  addHolds(program, start)
  addPublishing(program, start)
  addWaivers(program, start)
  return program
}

type Start = (run: Run) => Promise<void>

function addMachine(program: Command, start: Start): void {
  program
    .command('quick')
    .description('one run from two URLs, with everything it needs on this machine')
    .argument('<source>', 'mysql://USER@HOST/DATABASE, without a password')
    .argument('<target>', 'postgresql://USER@HOST/DATABASE, without a password')
    .addHelpText('after', PASSWORDS)
    .action(
      async (source: string, target: string) =>
        await start(async (context) => await (await import('./commands/quick.js')).quick(context, source, target)),
    )
  program
    .command('up')
    .description("this machine's Temporal on a file, a control and a data worker, until Ctrl-C")
    .action(async () => await start(async (context) => await (await import('./commands/up.js')).up(context)))
  program
    .command('page')
    .description('where to look with a browser: at all migrations, or at the last run of one')
    .argument('[name]', "the migration's name")
    .action(
      async (name: string | undefined) =>
        await start(async (context) => await (await import('./commands/page.js')).page(context, name)),
    )
  program
    .command('worker')
    .description('only the worker, against a Temporal of yours')
    .option('--role <role>', 'control, data or all', 'all')
    .option('--processes <n>', 'so many data workers, started again when they die; a core each')
    .option('--metrics-port <port>', 'for Prometheus, on 127.0.0.1; further processes take the ports behind it')
    .action(
      async (options: WorkerOptions) =>
        await start(async (context) => await (await import('./commands/worker.js')).worker(context, options)),
    )
}

const PASSWORDS = `
Passwords: NIGHTFERRY_SOURCE_PASSWORD or MYSQL_PWD; NIGHTFERRY_TARGET_PASSWORD, PGPASSWORD or ~/.pgpass; else a prompt.`

function addFiles(program: Command, start: Start): void {
  addChecks(program, start)
  program
    .command('plan')
    .description('every table, cast, key and index; what will not be carried and why')
    .argument('<file>', "the migration's YAML file")
    .action(
      async (file: string) =>
        await start(async (context) => await (await import('./commands/inspection.js')).plan(context, file)),
    )
  program
    .command('apply')
    .description('show what changes against the applied version, store it as the next one')
    .argument('<file>', "the migration's YAML file")
    .action(
      async (file: string) =>
        await start(async (context) => await (await import('./commands/apply.js')).apply(context, file)),
    )
  program
    .command('run')
    .description('apply, then one run with live progress; Ctrl-C leaves it running')
    .argument('<file>', "the migration's YAML file")
    .option('--detach', 'start the run and come back at once')
    .option('--deadline <when>', 'end it, incomplete, after so long (`6h`) or at a moment; else it has all its time')
    .action(
      async (file: string, options: RunOptions) =>
        await start(async (context) => await (await import('./commands/run.js')).run(context, file, options)),
    )
}

function addLife(program: Command, start: Start): void {
  program
    .command('adopt')
    .description("take up the migration that the target's ledger knows, after Temporal's storage was lost")
    .argument('<file>', "the migration's YAML file")
    .action(
      async (file: string) =>
        await start(async (context) => await (await import('./commands/adopt.js')).adopt(context, file)),
    )
  program
    .command('clean')
    .description('what Nightferry made on source, target and Temporal; removes it with --execute, and nothing else')
    .argument('<name>', "the migration's name")
    .option('--execute', 'remove it')
    .action(
      async (name: string, options: { execute?: boolean }) =>
        await start(async (context) => await (await import('./commands/clean.js')).clean(context, name, options)),
    )
}

function addNames(program: Command, start: Start): void {
  program
    .command('status')
    .description('what the migration is doing')
    .argument('<name>', "the migration's name")
    .option('--watch', 'follow the run that is under way to its end')
    .action(
      async (name: string, options: { watch?: boolean }) =>
        await start(async (context) => await (await import('./commands/status.js')).status(context, name, options)),
    )
  program
    .command('verify')
    .description("proves a run's rows once more, against what was copied; exits with 6 where they differ")
    .argument('<name>', "the migration's name")
    .option('--table <name>', 'only this table; may be said several times', collect)
    .option('--run <id>', 'which run (else the last one)')
    .option('--source', 'read the source again as well')
    .option('--witness <share>', 'SQL inside both servers over `all` rows, or over a share such as `1%`')
    .option('--schema', 'compare tables, columns, keys, indexes, constraints and counters with the plan instead')
    .option('--show-values', 'show what stands in the cells that differ')
    .option('--detach', 'start it and come back at once')
    .action(
      async (name: string, options: VerifyOptions) =>
        await start(async (context) => await (await import('./commands/verify.js')).verify(context, name, options)),
    )
  program
    .command('repair')
    .description('what would be mended of what the last proofs found; does it with --execute, and proves again')
    .argument('<name>', "the migration's name")
    .option('--table <name>', 'only this table; may be said several times', collect)
    .option('--run <id>', 'which run (else the last one)')
    .option('--execute', 'mend it')
    .option('--show-values', 'show what stands in the cells that differ')
    .action(
      async (name: string, options: RepairOptions) =>
        await start(async (context) => await (await import('./commands/repair.js')).repair(context, name, options)),
    )
  program
    .command('report')
    .description('what a run did, table by table; exits by its state')
    .argument('<name>', "the migration's name")
    .option('--run <id>', 'which run (else the last one)')
    .option('--evidence <file>', 'write what the run proved to this file instead (JSON; docs/evidence.md)')
    .option('--html <file>', 'write it to this file instead, as a page that stands alone (docs/pages.md)')
    .action(
      async (name: string, options: ReportOptions) =>
        await start(async (context) => await (await import('./commands/report.js')).report(context, name, options)),
    )
  program
    .command('runs')
    .description('the runs, newest first')
    .argument('<name>', "the migration's name")
    .action(
      async (name: string) =>
        await start(async (context) => await (await import('./commands/runs.js')).runs(context, name)),
    )
  program
    .command('trend')
    .description('rows, bytes and seconds over the last runs, drawn')
    .argument('<name>', "the migration's name")
    .option('--table <name>', 'of this table, by its name in the source')
    .option('--runs <n>', 'only of the last n runs (else 60)')
    .action(
      async (name: string, options: TrendOptions) =>
        await start(async (context) => await (await import('./commands/trend.js')).trend(context, name, options)),
    )
}

const collect = (value: string, before: string[] | undefined): string[] => [...(before ?? []), value]
