import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Worker } from '@temporalio/worker'
import { describe, expect, it } from 'vitest'
import { WORKFLOWS } from '../../core/names.js'
import { bundlePath, CONVERTER } from '../support/world.js'

const folder = fileURLToPath(new URL('./histories/', import.meta.url))
const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.json'))

/** `1-main-job/big-tables.run.1.json` */
const typeOf = (file: string): string | undefined => basename(file).split('.')[1]

interface Recorded {
  readonly events: readonly { readonly workflowExecutionStartedEventAttributes?: { readonly workflowId: string } }[]
}

describe('histories that were recorded from released code', () => {
  it('are there, for every workflow that we have', () => {
    const types = new Set(files.map(typeOf))
    expect(files.length).toBeGreaterThanOrEqual(10)
    expect(types).toEqual(new Set(Object.values(WORKFLOWS)))
  })

  it('replay on the code of now', async () => {
    const { replayed, broken } = await replay(files.map(read))
    expect(broken).toEqual([])
    expect(replayed).toBe(files.length)
  })

  it('would not replay, had a step been renamed', async () => {
    // A retry does not prepare its run anew.
    const runs = files.filter((file) => typeOf(file) === 'run' && JSON.stringify(read(file)).includes('prepareRun'))
    expect(runs.length).toBeGreaterThanOrEqual(10)
    const renamed = runs.map(
      (file) => JSON.parse(JSON.stringify(read(file)).replaceAll('prepareRun', 'prepared')) as Recorded,
    )
    const { broken } = await replay(renamed)
    expect(broken).toHaveLength(runs.length)
  })
})

const read = (file: string): Recorded => JSON.parse(readFileSync(join(folder, file), 'utf8')) as Recorded

async function replay(recorded: readonly Recorded[]): Promise<{ replayed: number; broken: string[] }> {
  const histories = recorded.map((history, i) => {
    const started = history.events[0]?.workflowExecutionStartedEventAttributes
    return { history, workflowId: started?.workflowId ?? String(i) }
  })
  const results = Worker.runReplayHistories(
    { workflowBundle: { codePath: bundlePath() }, dataConverter: { payloadConverterPath: CONVERTER } },
    histories,
  )
  const broken: string[] = []
  let replayed = 0
  for await (const { workflowId, error } of results) {
    replayed++
    if (error) broken.push(`${workflowId}: ${error.message}`)
  }
  return { replayed, broken }
}
