import type { Runtime, RuntimeOptions } from '@temporalio/worker'
import { type Measure, type MetricName, METRICS, STEP_BUCKETS } from '../core/metrics.js'
import { EnvironmentError } from './environment.js'

export interface Listen {
  readonly host: string
  readonly port: number
}

type Telemetry = NonNullable<RuntimeOptions['telemetryOptions']>

/** The SDK's own metrics and ours, on one address: `http://host:port/metrics`. Null: nothing listens. */
export const metricsOptions = (listen: Listen | null, role: string): Pick<Telemetry, 'metrics'> =>
  listen === null
    ? {}
    : {
        metrics: {
          prometheus: {
            bindAddress: `${listen.host.includes(':') ? `[${listen.host}]` : listen.host}:${listen.port}`,
            countersTotalSuffix: true,
            unitSuffix: true,
            useSecondsForDurations: true,
            histogramBucketOverrides: { nightferry_step_seconds: STEP_BUCKETS },
          },
          // Each series says who exports it; which machine, Prometheus adds itself.
          globalTags: { role },
          attachServiceName: false,
        },
      }

/** The exporter adds what Prometheus expects behind the name of a counter. */
const given = (name: MetricName): string => name.replace(/_total$/, '')

/** Counts with the SDK's meter, so that one port has all of it. */
export function measureWith(meter: Runtime['metricMeter']): Measure {
  const made = new Map<MetricName, (value: number, labels: Readonly<Record<string, string>>) => void>()
  const make = (name: MetricName): ((value: number, labels: Readonly<Record<string, string>>) => void) => {
    const { kind, help } = METRICS[name]
    if (kind === 'counter') {
      const counter = meter.createCounter(given(name), undefined, help)
      return (value, labels) => counter.add(Math.round(value), labels)
    }
    if (kind === 'gauge') {
      const gauge = meter.createGauge(given(name), 'int', undefined, help)
      return (value, labels) => gauge.set(Math.round(value), labels)
    }
    const histogram = meter.createHistogram(given(name), 'float', undefined, help)
    return (value, labels) => histogram.record(value, labels)
  }
  return (name, value, labels) => {
    try {
      const write = made.get(name) ?? make(name)
      made.set(name, write)
      write(value, labels)
    } catch {
      // A number that nobody sees is no reason to stop rows.
    }
  }
}

/** What `Runtime.install` threw: a port that another process has is the common reason. */
export function explainMetrics(listen: Listen | null, error: unknown): unknown {
  const message = error instanceof Error ? error.message : String(error)
  if (listen === null || !/metrics exporter|socket address|bind/i.test(message)) return error
  return new EnvironmentError(
    `Metrics cannot be offered on ${listen.host}:${listen.port} (${message})`,
    'Each worker process needs a port of its own: set NIGHTFERRY_METRICS_PORT or --metrics-port to a free one.',
    2,
  )
}
