/** Beside the style of every page: of the list of migrations, and of a run that is under way. */
export const LIVE_STYLE = `
.far { display: flex; align-items: center; gap: 14px; margin: 18px 0 0; }
.far .bar { flex: 1; height: 12px; }
.bar > i { transition: width .4s linear; }
.far b { min-width: 4.5em; text-align: right; font-variant-numeric: tabular-nums; font-size: 1.125rem; }
.lost { border: 1px solid var(--bad); background: var(--bad-ground); color: var(--bad); border-radius: 10px; padding: 12px 16px; margin: 20px 0 0; }
.lost[hidden], .live-part[hidden] { display: none; }
.work td.bar-cell { width: 24%; min-width: 90px; }
.card > .head { display: flex; flex-wrap: wrap; align-items: baseline; justify-content: space-between; gap: 6px 16px; }
.card > .head h2 a { color: inherit; text-decoration: none; } .card > .head h2 a:hover { text-decoration: underline; }
.card > .say { margin: 10px 0 0; max-width: none; }
.is-stopped td:nth-child(2) { color: var(--bad); font-weight: 600; } .is-stopped .bar > i { background: var(--bad); }
.marks { display: flex; flex-wrap: wrap; gap: 6px; list-style: none; margin: 18px 0 0; padding: 0; }
.mark { display: block; width: 28px; height: 28px; line-height: 28px; text-align: center; border-radius: 8px; font-size: .875rem; font-weight: 700; text-decoration: none; background: var(--well); color: var(--soft); }
.mark:hover { outline: 2px solid currentColor; }
.mark.is-good { background: var(--good-ground); color: var(--good); } .mark.is-warn { background: var(--warn-ground); color: var(--warn); }
.mark.is-bad { background: var(--bad-ground); color: var(--bad); } .mark.is-busy { background: var(--busy-ground); color: var(--busy); }
.mark.is-published { box-shadow: inset 0 0 0 2px currentColor; }
.page-title { margin-top: 28px; } .card .far { margin-top: 14px; } .card .far + p { margin-top: 8px; } .items .soft { margin: 2px 0 0; } .card .items { margin-top: 14px; }
.figures dd > small { min-height: 1.3em; }
.card dl.facts { margin-top: 18px; } .card .marks + p { margin-top: 8px; }
@media (prefers-reduced-motion: reduce) { .bar > i { transition: none; } }
@media (max-width: 720px) { .work thead { display: none; } .work tr { display: grid; grid-template-columns: minmax(0, 1fr) auto; gap: 0 12px; padding: 10px 0; border-bottom: 1px solid var(--line); } .work th, .work td { border: 0; padding: 0; } .work td.bar-cell { grid-column: 1 / -1; width: auto; padding: 6px 0; } .work td.right { font-size: .875rem; color: var(--soft); text-align: left; } }
`
