import type { SchemaDocument } from '../../core/api.js'
import type { Paint } from '../output.js'
import { plural } from '../../core/numbers.js'
import { section } from './plan.js'
import { plain } from './text.js'

type Difference = SchemaDocument['differences'][number]

/** What a plan does not know of is information: people may add to their tables. */
export const isAdded = ({ planned }: Difference): boolean => planned === null

/** What is not as the plan says, both sides named; then what people added. */
export function renderSchema({ run, differences }: SchemaDocument, paint: Paint): string[] {
  const wrong = differences.filter((d) => !isAdded(d))
  const added = differences.filter(isAdded)
  const verdict = wrong.length === 0 ? paint('green', 'as planned') : paint('red', plural(wrong.length, 'difference'))
  return [
    `Schema of run ${paint('bold', run)}: ${verdict}`,
    ...section(
      'Otherwise than planned',
      wrong.length,
      wrong.flatMap((d) => lines(d, paint)),
      paint,
    ),
    ...section(
      'Added by people',
      added.length,
      added.map((d) => `  ${plain(d.subject)}: ${plain(d.found ?? '')}`),
      paint,
    ),
  ]
}

const lines = ({ subject, planned, found, mendable }: Difference, paint: Paint): string[] => [
  `  ${paint('bold', plain(subject))}${mendable ? paint('dim', '  [nightferry repair mends it]') : ''}`,
  `      planned: ${plain(planned ?? 'nothing')}`,
  `      found:   ${plain(found ?? 'nothing')}`,
]
