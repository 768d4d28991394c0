import type { Finding, NotCarried, Severity } from '../finding.js'

/** What a plan says beside its tables, gathered while they are made. */
export class Notes {
  readonly findings: Finding[] = []
  readonly notCarried: NotCarried[] = []

  say(severity: Severity, name: string, subject: string, message: string, remedy: string): void {
    this.findings.push({ name, severity, subject, message, remedy })
  }

  leave(kind: string, name: string, table: string | null, reason: string, original: string): void {
    this.notCarried.push({ kind, name, table, reason, original })
  }
}
