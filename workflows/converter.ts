import { defaultPayloadConverter, type Payload, type PayloadConverter } from '@temporalio/common'

/**
 * Signals come from anybody. A converter that throws on one fails the workflow task, again with each attempt, and the
 * entity answers nothing ever after. So undecodable bytes become a value that every shape check refuses.
 */
export const payloadConverter: PayloadConverter = {
  toPayload: (value) => defaultPayloadConverter.toPayload(value),
  fromPayload: <T>(payload: Payload): T => {
    try {
      return defaultPayloadConverter.fromPayload<T>(payload)
    } catch {
      return { undecodable: true } as T
    }
  },
}
