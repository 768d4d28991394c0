/** Of every page: a calm sheet in two schemes. Each colour on its ground has a contrast of 4.5 or more. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --ground: #f6f6f3; --sheet: #ffffff; --ink: #1b2028; --soft: #566070; --line: #e3e3dd; --well: #f1f1ed;
  --link: #0a5f73; --good: #17693f; --good-ground: #e8f3ec; --warn: #7a5200; --warn-ground: #fbf2dc;
  --bad: #a3241c; --bad-ground: #fbeae8; --busy: #1d5b9e; --busy-ground: #e7f0fa;
  --one: #1f7a8c; --two: #b06a1c; --three: #6a58a8; --four: #4f7d3a; --five: #a34a6e; --grid: #e9e9e4;
  --moon: #c98a1b; --shadow: 0 1px 2px rgb(20 24 32 / .05), 0 4px 16px rgb(20 24 32 / .04);
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #10141a; --sheet: #181d25; --ink: #e7eaef; --soft: #a2adbb; --line: #2b333f; --well: #202732;
    --link: #7cc7d8; --good: #6fd6a0; --good-ground: #14291f; --warn: #edc06a; --warn-ground: #2c2413;
    --bad: #ff9a90; --bad-ground: #351c1b; --busy: #8fc1f5; --busy-ground: #16263a;
    --one: #55b7c8; --two: #e0a05a; --three: #a99be0; --four: #8fc178; --five: #dc8bad; --grid: #28303b;
    --moon: #f0c05a; --shadow: none;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 400 16px/1.55 system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', 'DejaVu Sans', sans-serif; overflow-wrap: anywhere; }
.wide { max-width: 1120px; margin: 0 auto; padding: 0 32px; }
a { color: var(--link); text-underline-offset: .18em; text-decoration-thickness: 1px; }
a:hover { text-decoration-thickness: 2px; }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; border-radius: 4px; }
main:focus { outline: none; }
.skip { position: absolute; left: -999px; top: 0; padding: 8px 16px; background: var(--sheet); z-index: 1; }
.skip:focus { left: 8px; top: 8px; }
.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }

.top { border-bottom: 1px solid var(--line); background: var(--sheet); }
.top .wide { display: flex; align-items: center; gap: 6px 20px; flex-wrap: wrap; padding-top: 10px; padding-bottom: 10px; }
.brand { display: inline-flex; align-items: center; gap: 8px; font-weight: 650; letter-spacing: -.01em; }
.brand .moon { fill: var(--moon); } .brand .boat { fill: var(--ink); }
.brand .sea { fill: none; stroke: var(--one); stroke-width: 2; stroke-linecap: round; }
.top ol { display: flex; flex-wrap: wrap; margin: 0; padding: 0; list-style: none; color: var(--soft); font-size: .9375rem; }
.top li + li::before { content: '/'; margin: 0 .55em; color: var(--soft); }
.foot { display: flex; flex-wrap: wrap; justify-content: space-between; gap: 4px 24px; padding-top: 24px; padding-bottom: 40px; color: var(--soft); font-size: .875rem; }
.foot p { margin: 0; }

h1, h2, h3 { line-height: 1.25; letter-spacing: -.012em; text-wrap: balance; margin: 0; }
h1 { font-size: 1.875rem; font-weight: 680; }
h2 { font-size: 1.1875rem; font-weight: 650; }
h3 { font-size: 1rem; font-weight: 650; }
p { margin: 0 0 .75em; max-width: 74ch; }
p:last-child { margin-bottom: 0; }
code, pre, .mono { font-family: ui-monospace, 'SF Mono', Menlo, Consolas, 'DejaVu Sans Mono', monospace; font-size: .875em; }
code { background: var(--well); border-radius: 4px; padding: .12em .38em; }
pre { margin: 0; padding: 12px 14px; background: var(--well); border-radius: 8px; overflow-x: auto; white-space: pre-wrap; }
.soft { color: var(--soft); } .small { font-size: .875rem; } .num { font-variant-numeric: tabular-nums; white-space: nowrap; }
.good { color: var(--good); } .warn { color: var(--warn); } .bad { color: var(--bad); } .busy { color: var(--busy); }

section, .sheet { background: var(--sheet); border: 1px solid var(--line); border-radius: 14px; box-shadow: var(--shadow); padding: 24px 28px; margin: 20px 0; }
section > h2 { margin-bottom: 14px; }
section > h2 + .lead { margin-top: -8px; color: var(--soft); }

.verdict { border-left: 6px solid var(--tone); padding: 26px 30px 28px; margin-top: 28px; }
.verdict.is-good { --tone: var(--good); } .verdict.is-warn { --tone: var(--warn); }
.verdict.is-bad { --tone: var(--bad); } .verdict.is-busy { --tone: var(--busy); }
.verdict .over { color: var(--soft); font-size: .9375rem; margin: 0 0 6px; max-width: none; }
.verdict h1 { display: flex; gap: 12px; align-items: flex-start; color: var(--tone); }
.verdict h1 svg { flex: none; margin-top: .14em; } .verdict h1 circle { fill: var(--tone); }
.verdict h1 path { fill: none; stroke: var(--sheet); stroke-width: 2.2; stroke-linecap: round; stroke-linejoin: round; }
.verdict .why { margin: 10px 0 0; font-size: 1.0625rem; }
.verdict .next { margin: 16px 0 0; padding: 12px 16px; background: var(--well); border-radius: 10px; }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(132px, 1fr)); gap: 16px 20px; margin: 22px 0 0; }
.figures div { min-width: 0; }
.figures dt { color: var(--soft); font-size: .8125rem; }
.figures dd { margin: 2px 0 0; font-size: 1.3125rem; font-weight: 620; letter-spacing: -.015em; font-variant-numeric: tabular-nums; line-height: 1.3; }
.figures small { display: block; font-size: .8125rem; font-weight: 400; letter-spacing: 0; color: var(--soft); }

.badge { display: inline-block; border-radius: 99px; padding: .08em .7em; font-size: .8125rem; font-weight: 600; white-space: nowrap; background: var(--well); color: var(--soft); }
.badge.is-good { background: var(--good-ground); color: var(--good); } .badge.is-warn { background: var(--warn-ground); color: var(--warn); }
.badge.is-bad { background: var(--bad-ground); color: var(--bad); } .badge.is-busy { background: var(--busy-ground); color: var(--busy); }

.items { list-style: none; margin: 0; padding: 0; }
.items > li { padding: 12px 0; border-top: 1px solid var(--line); }
.items > li:first-child { border-top: 0; padding-top: 0; } .items > li:last-child { padding-bottom: 0; }
.items .head { display: flex; flex-wrap: wrap; align-items: baseline; gap: 4px 10px; }
.items .remedy { margin: 4px 0 0; color: var(--soft); }
dl.facts { display: grid; grid-template-columns: minmax(120px, 190px) 1fr; gap: 8px 24px; margin: 0; }
dl.facts dt { color: var(--soft); } dl.facts dd { margin: 0; }

.scroll.long { max-height: 620px; overflow-y: auto; } .scroll.long thead th { position: sticky; top: 0; background: var(--sheet); z-index: 1; box-shadow: inset 0 -1px var(--line); }
@media (min-width: 721px) { th .name { white-space: nowrap; } }
.aside { margin: 10px 0 4px; }
.scroll { overflow-x: auto; margin: 0 -28px; padding: 0 28px; }
table { border-collapse: collapse; width: 100%; font-size: .9375rem; overflow-wrap: normal; }
th, td { padding: 8px 14px 8px 0; text-align: left; vertical-align: baseline; border-bottom: 1px solid var(--line); }
th:last-child, td:last-child { padding-right: 0; }
thead th { color: var(--soft); font-weight: 500; font-size: .8125rem; white-space: nowrap; }
tbody th { font-weight: 550; } tbody tr:last-child > * { border-bottom: 0; }
tfoot th, tfoot td { border-top: 1px solid var(--line); border-bottom: 0; font-weight: 600; }
.right { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
th button { all: unset; cursor: pointer; } th button:hover { color: var(--ink); } th button:focus-visible { outline: 3px solid var(--link); outline-offset: 3px; border-radius: 3px; }
th[aria-sort] button::after { content: ' \\2195'; opacity: .55; } th[aria-sort=ascending] button::after { content: ' \\2191'; opacity: 1; } th[aria-sort=descending] button::after { content: ' \\2193'; opacity: 1; }

details { margin-top: 12px; } summary { cursor: pointer; color: var(--link); width: fit-content; max-width: 100%; }
details[open] > summary { margin-bottom: 10px; }
select, input, button.plain { font: inherit; color: var(--ink); background: var(--sheet); border: 1px solid var(--soft); border-radius: 8px; padding: 6px 10px; max-width: 100%; }
.charts { display: grid; grid-template-columns: 1fr 1fr; gap: 24px 32px; }
.chart { display: flex; flex-direction: column; min-width: 0; margin: 0; } .chart figcaption { font-weight: 600; margin-bottom: 2px; } .chart figcaption + p { margin: 0 0 8px; }
.canvas { position: relative; height: 190px; margin-top: auto; } .canvas.tall { height: var(--tall, 320px); }
.picked { display: flex; flex-wrap: wrap; gap: 8px 14px; align-items: center; margin: 28px 0 16px; padding-top: 22px; border-top: 1px solid var(--line); }
.drawn { display: none; } .js .drawn { display: block; } .js .undrawn { display: none; }
progress, .bar { display: block; width: 100%; height: 8px; border-radius: 99px; overflow: hidden; background: var(--well); border: 0; }
.bar > i { display: block; height: 100%; background: var(--one); }

@media (max-width: 720px) {
  .wide { padding: 0 16px; } .charts { grid-template-columns: minmax(0, 1fr); }
  section, .sheet { padding: 18px 16px; margin: 14px 0; border-radius: 12px; } .scroll { margin: 0 -16px; padding: 0 16px; }
  .verdict { padding: 18px 16px 20px; margin-top: 16px; } h1 { font-size: 1.5rem; }
  .figures { grid-template-columns: 1fr 1fr; gap: 12px 16px; margin-top: 18px; } .figures dd { font-size: 1.1875rem; }
  dl.facts { grid-template-columns: minmax(0, 1fr); gap: 0; } dl.facts dd { margin-bottom: 10px; }
}
@media print { section, .sheet { break-inside: avoid; box-shadow: none; } }
`
