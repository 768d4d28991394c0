import type { InspectionDocument, KeptDocument } from '../core/api.js'

/** Documents that no ledger holds yet: a plan made before the first apply, the findings that refused one. */
export interface Kept {
  /** Returns the reference under which the read API gives it out. */
  keep(document: KeptDocument): string
  get(ref: string): KeptDocument | null
  /** Of a `check`, `plan` or `apply`; null for any other. */
  inspection(ref: string): InspectionDocument | null
}

const HOUR = 3_600_000
/** A plan of 500 tables is about a megabyte. */
const MOST = 30

/** In memory, for an hour, the last 30. */
export function keepInMemory(newRef: () => string, now: () => number = Date.now): Kept {
  const documents = new Map<string, { document: KeptDocument; until: number }>()
  const forgetOld = () => {
    for (const [ref, { until }] of documents) if (until <= now() || documents.size > MOST) documents.delete(ref)
  }
  const get = (ref: string): KeptDocument | null => {
    forgetOld()
    return documents.get(ref)?.document ?? null
  }
  return {
    keep(document) {
      const ref = newRef()
      documents.set(ref, { document, until: now() + HOUR })
      forgetOld()
      return ref
    },
    get,
    inspection(ref) {
      const document = get(ref)
      return document !== null && 'what' in document ? document : null
    },
  }
}
