import { z } from 'zod'
import { parseWindow, WINDOW_PATTERN } from '../window.js'
import { text } from './group.js'
import { isZone } from './zones.js'

const ROWS = 'must be a whole number of rows, or 0 for no limit'

export const rowsPerSecond = z
  .int({ error: () => ROWS })
  .min(0, ROWS)
  .meta({ description: 'Rows that a run reads in a second, over all its sessions; 0: no limit.' })
  .default(0)

const WINDOW = 'must be hours of a place, such as 22:00-05:00 Europe/Paris'

export const windowHours = text(WINDOW)
  .superRefine((value, context) => {
    const window = parseWindow(value)
    if (window === null) context.addIssue({ code: 'custom', message: WINDOW })
    else if (!isZone(window.zone))
      context.addIssue({
        code: 'custom',
        message: `${WINDOW}: no time zone is called ${window.zone}`,
      })
  })
  .meta({
    pattern: WINDOW_PATTERN.source,
    description:
      'Hours in which rows may be read, by the clock of that place: a run stops at their end and goes on when they begin again. Several with commas between them. Only under consistency.read: best-effort.',
  })
