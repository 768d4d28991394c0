import { markup, type Part } from './html.js'

/** A sentence as the terminal says it: what stands between backticks is a command. */
export const spoken = (text: string): Part =>
  text.split('`').map((part, i) => (i % 2 === 0 ? part : markup`<code>${part}</code>`))
