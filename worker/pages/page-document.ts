import type { RunDocument } from '../../core/api.js'
import { Failure } from '../../core/failure.js'
import type { Fitness } from '../../core/fitness.js'
import type { Ports } from '../../core/ports.js'
import type { RunId } from '../../core/run.js'
import type { TrendRun } from '../../core/trend.js'
import { runDocument, type Where } from '../run-documents.js'
import { trendDocument } from '../trend-document.js'

/** All that a report's page is made of. */
export interface PageDocument {
  readonly run: RunDocument
  /** Oldest first. */
  readonly trend: readonly TrendRun[]
  /** As it was asked last; null: it never was. */
  readonly fitness: Fitness | null
  /** ISO 8601, UTC: when the page was written. */
  readonly written: string
  /** Whether the worker shows it, so that other pages of it can be gone to; a file of it has none beside it. */
  readonly served: boolean
}

/**
 * Gathers what is known of a run, and of its migration. A memory that does not answer costs the trend and the fitness, not
 * the page; what knows nothing of the run throws as `runDocument` does.
 */
export async function pageDocument(ports: Ports, where: Where, run: RunId, served = true): Promise<PageDocument> {
  const found = await runDocument(ports, where, run)
  return {
    run: found,
    trend: await trendOf(ports, where),
    fitness: found.fitness ?? null,
    written: new Date().toISOString(),
    served,
  }
}

async function trendOf(ports: Ports, where: Where): Promise<readonly TrendRun[]> {
  try {
    return (await trendDocument(ports, where, null)).runs
  } catch (error) {
    if (error instanceof Failure) return []
    throw error
  }
}
