import { z } from 'zod'
import { configSchema } from './schema.js'

/** The JSON schema of the configuration as it is written, made from the schema that judges it. */
export const configJsonSchema = (): object => ({
  title: 'A migration of Nightferry',
  ...z.toJSONSchema(configSchema, { io: 'input' }),
})
