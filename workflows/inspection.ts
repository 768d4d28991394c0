import { setDefaultSignalHandler } from '@temporalio/workflow'
import { asRefusal } from './failures.js'
import type { InspectionAnswer, InspectionInput } from './messages.js'
import { control, named } from './steps.js'

/** `check` and `plan`: one look at both sides from where the network and the secrets are; changes nothing. */
export async function inspection({ what, config }: InspectionInput): Promise<InspectionAnswer> {
  setDefaultSignalHandler(() => {})
  try {
    return await named(control.inspect, `${what} ${config.migration}`, { what, config })
  } catch (error) {
    throw asRefusal(error)
  }
}
