import { stringify } from 'yaml'

/** A value on one line, quoted where YAML needs it. */
export const flow = (value: unknown): string =>
  stringify(value, { collectionStyle: 'flow', lineWidth: 0, flowCollectionPadding: false }).trimEnd()

export const word = (text: string): string => flow(text)

export const list = (texts: readonly string[]): string => `[${texts.map((text) => JSON.stringify(text)).join(', ')}]`
