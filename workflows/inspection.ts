import { setDefaultSignalHandler } from '@temporalio/workflow'
import { asRefusal } from './failures.js'
import type { InspectionAnswer, InspectionInput } from './messages.js'
import { ASSESSING, control, named } from './steps.js'

/** `check`, `plan` and `check --target`: one look from where the network and the secrets are; changes nothing. */
export async function inspection({ what, config, home }: InspectionInput): Promise<InspectionAnswer> {
  setDefaultSignalHandler(() => {})
  try {
    if (what === 'fitness') {
      const input = { config, ...(home !== undefined && { home }) }
      return await named(control.assessTarget, `is the target of ${config.migration} fit?`, input, ASSESSING)
    }
    return await named(control.inspect, `${what} ${config.migration}`, { what, config })
  } catch (error) {
    throw asRefusal(error)
  }
}
