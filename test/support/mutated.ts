import type { Ports, RowSink, SourcePort } from '../../core/ports.js'
import type { SiteUnderTest } from './site.js'

/** A mistake of the reader or the encoder: what becomes of a chunk's lines. Each line is its fields, as COPY writes them. */
export type Mutation = (lines: string[][]) => string[][]

/**
 * A build whose every reading of the source makes the same mistake, for tests alone: S0, what is loaded, and S1 are then
 * of the same wrong bytes. SQL that the servers run is not touched.
 */
export const mutated =
  (mutate: Mutation) =>
  (ports: Ports): Ports => ({
    ...ports,
    source: async (connection) => {
      const source = await ports.source(connection)
      return { ...source, copy: mutatedCopy(source, mutate) }
    },
  })

const mutatedCopy =
  (source: SourcePort, mutate: Mutation): SourcePort['copy'] =>
  async (table, range, sink, options) => {
    const blocks: Uint8Array[] = []
    const kept: RowSink = { ...sink, write: (block) => blocks.push(Uint8Array.from(block)) > 0 }
    const counts = await source.copy(table, range, kept, options)
    const lines = Buffer.concat(blocks).toString().split('\n').slice(0, -1)
    const wrong = mutate(lines.map((line) => line.split('\t')))
    const text = Buffer.from(wrong.map((fields) => `${fields.join('\t')}\n`).join(''))
    if (!sink.write(text)) await sink.drained()
    return { ...counts, rows: wrong.length, bytes: text.length }
  }

/** Copies, indexes and seals everything, whatever its proof will say. */
export async function load(site: SiteUnderTest, more: Parameters<SiteUnderTest['prepare']>[0] = {}): Promise<void> {
  const { data, ref, attempt } = site
  const { big, bundles } = await site.prepare(more)
  for (const { table, size } of big) {
    let chunks = 0
    for (let complete = false; !complete;)
      ({ chunks, complete } = await attempt(() => data.divideTable({ ref, table, size, atMost: 256 })))
    await attempt(() => data.copyChunks({ ref, table, first: 0, count: chunks }))
    await attempt(() => data.buildPrimaryKey({ ref, table }))
    await attempt(() => data.markIndexed({ ref, table }))
    await attempt(() => data.sealTables({ ref, part: { table } }))
  }
  for (const part of bundles.map(({ bundle }) => ({ bundle }))) {
    await attempt(() => data.copyBundle({ ref, part }))
    await attempt(() => data.indexBundle({ ref, part }))
    await attempt(() => data.sealTables({ ref, part }))
  }
}
