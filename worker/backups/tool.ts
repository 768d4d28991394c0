import type { BackupFacts } from '../../core/fitness/facts.js'

/** A tool for backups: what it is called, how it is asked for all that it has, and how its answer is read. */
export interface BackupTool {
  readonly name: string
  readonly command: readonly string[]
  /**
   * What it knows of the server with this system identifier; nothing: it does not know that server. Throws for an answer
   * that is not of this tool.
   */
  readonly read: (answer: string, systemIdentifier: string) => BackupFacts[]
}

/** It is there, and gives no answer: said as a tool without a backup, since nobody can rely on one. */
export const unanswered = (tool: string, why: string): BackupFacts => ({
  tool,
  where: `(no answer: ${why})`,
  last: null,
})
