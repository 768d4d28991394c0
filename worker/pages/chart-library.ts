import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'

let text: string | null = null

/** Chart.js as one script, its licence on top. Read once. */
export function chartLibrary(): string {
  if (text === null) {
    const require = createRequire(import.meta.url)
    const file = require.resolve('chart.js').replace(/chart\.[a-z]+$/, 'chart.umd.min.js')
    // The map of its source lies beside it, not beside a page.
    text = readFileSync(file, 'utf8').replace(/\n\/\/# sourceMappingURL=.*\s*$/, '\n')
  }
  return text
}
