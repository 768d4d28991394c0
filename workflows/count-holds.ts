import { metricMeter } from '@temporalio/workflow'
import type { Hold, HoldKind } from '../core/hold.js'
import { METRICS } from '../core/metrics.js'

const KINDS: readonly HoldKind[] = ['operator', 'failure', 'window', 'resources']

/** What Prometheus sees of the holds, from the control worker that has the entity now. Says nothing while it replays. */
export function countHolds(migration: string, holds: readonly Hold[]): void {
  const gauge = metricMeter.createGauge('nightferry_holds', 'int', undefined, METRICS.nightferry_holds.help)
  for (const kind of KINDS) gauge.set(holds.filter((hold) => hold.kind === kind).length, { migration, kind })
}
