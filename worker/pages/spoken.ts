import { sentence } from '../../core/words.js'
import { markup, type Part } from './html.js'

/** A sentence as the terminal says it: what stands between two backticks is a command, or a name. One alone is itself. */
export const spoken = (text: string): Part =>
  text.split(/`([^`]+)`/).map((part, i) => (i % 2 === 0 ? part : markup`<code>${part}</code>`))

/** A remedy, or another text of ours that stands alone: with a capital and a full stop. */
export const advice = (text: string): Part => spoken(sentence(/[.!?]$/.test(text) ? text : `${text}.`))
