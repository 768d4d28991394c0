import type { RunState } from '../core/run.js'

/** What a command's exit says; other people's scripts hold these numbers. */
export const EXIT = {
  /** Done, complete, or yes. */
  done: 0,
  /** Refused, a blocking finding, a red gate. */
  refused: 1,
  /** Wrong usage: an option, a file or a name that does not exist. */
  usage: 2,
  /** Temporal not reachable, or no worker. */
  unreachable: 3,
  /** The run is not complete, also: it was left running by Ctrl-C. */
  incomplete: 4,
  /** Complete, but rows were refused. */
  rejects: 5,
  /** Source and target differ. */
  differences: 6,
} as const

export type ExitCode = (typeof EXIT)[keyof typeof EXIT]

/** How a command that followed or read a run ends. A run that still goes on is no failure. */
export function exitForState(state: RunState): ExitCode {
  switch (state) {
    case 'complete':
    case 'running':
      return EXIT.done
    case 'incomplete':
      return EXIT.incomplete
    case 'complete with rejects':
      return EXIT.rejects
    case 'refused':
      return EXIT.refused
  }
}
