import type { RowSink } from '../../core/ports.js'
import type { Digester } from './digester.js'

/** What goes to the sink goes through the digest first. */
export const teeSink = (sink: RowSink, digester: Digester): RowSink => ({
  write(block) {
    digester.write(block)
    return sink.write(block)
  },
  drained: () => sink.drained(),
  failed: sink.failed,
})

/** Rows that are digested and nothing else. */
export const digestSink = (digester: Digester): RowSink => ({
  write(block) {
    digester.write(block)
    return true
  },
  drained: () => Promise.resolve(),
  failed: new Promise<never>(() => {}),
})
