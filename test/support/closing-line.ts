import { writeSync } from 'node:fs'
import type { Reporter, SerializedError, TestModule, Vitest } from 'vitest/node'

/**
 * Prints `N passed, N failed` as the very last line, when the process exits: after the summary and the servers' end, and
 * also when a setup failed before any test. What did not run did not pass: a skipped test, a file that cannot be loaded,
 * an error outside of tests and a tier without tests count as failed.
 */
export default class ClosingLine implements Reporter {
  private passed = 0
  private failed = 0
  private finished = false
  private vitest: Vitest | null = null

  onInit(vitest: Vitest): void {
    this.vitest = vitest
    process.on('exit', () => this.close())
  }

  onTestRunEnd(modules: readonly TestModule[], errors: readonly SerializedError[]): void {
    this.passed = 0
    this.failed = errors.length
    // With a filter by name the others are skipped on purpose, and by a person.
    const filtered = this.vitest?.config.testNamePattern !== undefined
    for (const module of modules) {
      for (const test of module.children.allTests()) {
        const { state } = test.result()
        if (state === 'passed') this.passed++
        else if (!(filtered && state === 'skipped')) this.failed++
      }
      if (module.children.size === 0 || module.errors().length > 0) this.failed++
    }
    this.failed += this.emptyTiers(modules).length
    this.finished = true
  }

  /** Only of a whole `vitest run`: whoever names tiers or files sees what came of them. */
  private emptyTiers(modules: readonly TestModule[]): string[] {
    if (process.argv.slice(2).join(' ') !== 'run') return []
    const seen = new Set(modules.map((module) => module.project.name))
    const empty = (this.vitest?.projects ?? []).map((project) => project.name).filter((name) => !seen.has(name))
    for (const name of empty) writeSync(2, `\nno test in tier ${name}\n`)
    return empty
  }

  private close(): void {
    if (!this.finished) this.failed++
    if (this.failed > 0 || this.passed === 0) process.exitCode ||= 1
    writeSync(1, `\n${this.passed} passed, ${this.failed} failed\n`)
  }
}
