import type { ExitCode } from './exit-codes.js'

/** An error as a person gets it: one line what is wrong, one line what to do. */
export class Problem extends Error {
  override readonly name = 'Problem'
  /** What stands beside the error under `--json`. */
  readonly document: object
  constructor(
    readonly exit: ExitCode,
    message: string,
    readonly remedy: string,
    options?: { cause?: unknown; document?: object },
  ) {
    super(message, options)
    this.document = options?.document ?? {}
  }
}
