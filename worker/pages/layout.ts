import { createHash } from 'node:crypto'
import { PRODUCT } from '../../core/product.js'
import { Html, markup, type Part } from './html.js'
import { STYLE } from './style.js'

export interface Shell {
  /** In the browser's tab. */
  readonly title: string
  /** Where one is, below the product's name: the way up first. Without an address: the page itself, or nowhere to go. */
  readonly trail: readonly { readonly text: string; readonly href?: string }[]
  readonly body: Part
  /** Behind the body, in this order. Each must be the same text wherever it may be cached: its hash lets it run. */
  readonly scripts?: readonly string[]
  /** A page that follows a run asks its own origin; any other asks nobody. */
  readonly live?: boolean
  /** Without scripts, it is loaded again after so many seconds. */
  readonly refreshSeconds?: number
  /** At the foot, beside the product's name. */
  readonly foot?: Part
}

/** A page as it is sent, and written to a file. */
export interface Page {
  readonly html: string
  /** For the header `Content-Security-Policy`: the page says it of itself as well, without what only a header may say. */
  readonly policy: string
}

/**
 * A whole page that needs nothing from anywhere: style and scripts are in it, and its policy lets nothing else in. It is
 * readable without scripts, and follows the scheme (light, dark) of whoever reads it.
 */
export function layout(shell: Shell): Page {
  const { title, trail, body, scripts = [], live = false, refreshSeconds, foot } = shell
  const policy = policyOf(scripts, live)
  const refresh =
    refreshSeconds !== undefined &&
    markup`<noscript><meta http-equiv="refresh" content="${refreshSeconds}" /></noscript>`
  const page = markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<meta name="generator" content="${PRODUCT.name} ${PRODUCT.version}">
<title>${title}</title>
<link rel="icon" href="data:,">
<style>${new Html(STYLE)}</style>
${refresh}</head>
<body>
<a class="skip" href="#main">To the content</a>
<header class="top"><div class="wide">${brand}${trailOf(trail)}</div></header>
<main id="main" class="wide" tabindex="-1">
${body}
</main>
<footer class="wide foot"><p>${foot}</p><p>Nightferry ${PRODUCT.version}</p></footer>
${scripts.map((script) => markup`<script>${new Html(script)}</script>`)}
</body>
</html>
`
  return { html: page.text, policy: `${policy}; frame-ancestors 'none'` }
}

function trailOf(trail: Shell['trail']): Part {
  const steps = trail.map(
    ({ text, href }) => markup`<li>${href === undefined ? text : markup`<a href="${href}">${text}</a>`}</li>`,
  )
  return steps.length > 0 && markup`<nav aria-label="Where you are"><ol>${steps}</ol></nav>`
}

/** A boat below the moon. */
const brand = markup`<span class="brand"><svg viewBox="0 0 32 32" width="26" height="26" aria-hidden="true">
<path class="moon" d="M22.5 3.2a6.6 6.6 0 1 0 6 9.6 5.4 5.4 0 0 1-6-9.6z"/>
<path class="boat" d="M4 18h20l-3.2 6H8z"/><path class="boat" d="M13 6v10.2H6.2z"/>
<path class="sea" d="M2 28c2.8-2.2 4.8-2.2 7 0s4.2 2.2 7 0 4.8-2.2 7 0 4.2 2.2 7 0"/></svg>Nightferry</span>`

function policyOf(scripts: readonly string[], live: boolean): string {
  const hashes = scripts.map((script) => `'sha256-${hashOf(script)}'`)
  return [
    "default-src 'none'",
    "style-src 'unsafe-inline'",
    'img-src data:',
    `script-src ${hashes.length === 0 ? "'none'" : hashes.join(' ')}`,
    ...(live ? ["connect-src 'self'"] : []),
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ')
}

/** The chart library is 200 kB, and the same for every page. */
const hashes = new Map<string, string>()

function hashOf(script: string): string {
  const known = hashes.get(script) ?? createHash('sha256').update(script).digest('base64')
  hashes.set(script, known)
  return known
}
