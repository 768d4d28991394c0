/** A piece of HTML that is finished. Every other text is escaped where it is put into one. */
export class Html {
  constructor(readonly text: string) {}
}

/** What may stand in a piece of HTML: nothing, a text, a number, another piece, or several of them. */
export type Part = string | number | Html | null | undefined | false | readonly Part[]

/**
 * markup`<b>${name}</b>`: texts are escaped, pieces are taken as they are. Names and messages come from other people's
 * databases. Attributes that hold one need their quotes. (Not `html`: prettier would lay it out, and a script's
 * hash and a text's blanks would change.)
 */
export function markup(texts: TemplateStringsArray, ...parts: readonly Part[]): Html {
  return new Html(texts.reduce((all, text, i) => all + textOf(parts[i - 1]) + text))
}

function textOf(part: Part): string {
  if (part === null || part === undefined || part === false) return ''
  if (part instanceof Html) return part.text
  if (typeof part === 'object') return part.map(textOf).join('')
  return escape(String(part))
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

// Controls, and what turns the direction of the text behind it; line breaks and tabs stay.
// eslint-disable-next-line no-control-regex
const UNSEEN = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g

const escape = (text: string): string => text.replace(UNSEEN, ' ').replace(/[&<>"']/g, (one) => ESCAPES[one] ?? one)

/** A value for a script of the page to read: what would end the script, or begin another one, is spelled otherwise. */
export const jsonInPage = (id: string, value: unknown): Html => {
  const text = JSON.stringify(value)
    .replaceAll('<', String.raw`\u003c`)
    .replaceAll('>', String.raw`\u003e`)
  return markup`<script type="application/json" id="${id}">${new Html(text)}</script>`
}
