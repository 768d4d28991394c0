import { z } from 'zod'

/** Every message ends a sentence that begins with the path and the value: `limits.parallelism is "many": must be ...`. */
export const text = (right: string) => z.string({ error: () => right })

/** A group of keys, which are named where something else stands in its place. */
export const group = <Shape extends z.ZodRawShape>(keys: string, shape: Shape) =>
  z.strictObject(shape, {
    error: (issue) => (issue.input === undefined ? `must be there, with ${keys}` : `must be a group of keys: ${keys}`),
  })
