import { defineSearchAttributeKey, SearchAttributeType, type SearchAttributePair } from '@temporalio/common'
import { SEARCH_ATTRIBUTES } from '../core/names.js'

const PHASE = defineSearchAttributeKey(SEARCH_ATTRIBUTES.phase, SearchAttributeType.KEYWORD)
const STATE = defineSearchAttributeKey(SEARCH_ATTRIBUTES.state, SearchAttributeType.KEYWORD)

/** Only where the namespace has them: an upsert of an unregistered one fails the workflow task for ever. */
export const migrationAttributes = (phase: string, state: string): SearchAttributePair[] => [
  { key: PHASE, value: phase },
  { key: STATE, value: state },
]
