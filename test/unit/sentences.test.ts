import { describe, expect, it } from 'vitest'
import { sentences } from '../../core/text.js'

describe('sentences one behind the other', () => {
  it.each([
    [['It is away', 'Start it.'], 'It is away. Start it.'],
    [['connect ECONNREFUSED.', 'Check host and port.'], 'connect ECONNREFUSED. Check host and port.'],
    [['It was cancelled', null], 'It was cancelled'],
    [['', 'Look at the log'], 'Look at the log'],
    [[null, undefined], ''],
  ])('%j have one full stop between them', (all, told) => {
    expect(sentences(...all)).toBe(told)
  })
})
