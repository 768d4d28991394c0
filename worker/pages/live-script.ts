/**
 * Runs in the browser: asks each second how far the run is and puts the worker's words in their places. Slower while nobody
 * looks, and while nobody answers, which it says. Once the run is over it loads the page again: it is the report then.
 */
export const LIVE_SCRIPT = `(() => {
  'use strict'
  const root = document.querySelector('[data-live]')
  const lost = root.querySelector('.lost')
  let timer = 0, failures = 0, since = null, lists = ''
  const put = (node, text) => { if (node.textContent !== text) node.textContent = text }
  const make = (name, text, type) => {
    const node = document.createElement(name)
    if (text !== undefined) node.textContent = text
    if (type) node.className = type
    return node
  }
  const spoken = (node, text) => {
    node.append(...text.split(/\`([^\`]+)\`/).map((part, i) => (i % 2 === 0 ? part : make('code', part))))
    return node
  }
  const fill = (bar, percent, name) => {
    bar.firstElementChild.style.width = percent + '%'
    bar.setAttribute('aria-valuenow', String(percent))
    if (name) bar.setAttribute('aria-label', name)
  }
  const barOf = (percent, name) => {
    const bar = make('div', undefined, 'bar')
    bar.append(make('i'))
    bar.setAttribute('role', 'progressbar')
    bar.setAttribute('aria-valuemin', '0')
    bar.setAttribute('aria-valuemax', '100')
    fill(bar, percent, name)
    return bar
  }
  const list = (part, items, draw) => {
    const box = root.querySelector('[data-part="' + part + '"]')
    box.hidden = items.length === 0
    box.querySelector('[data-items]').replaceChildren(...items.map(draw))
  }
  const drawTable = (t) => {
    const row = make('tr', undefined, t.isStopped && 'is-stopped'), head = make('th', t.table), cell = make('td', undefined, 'bar-cell')
    head.scope = 'row'
    cell.append(barOf(t.percent, t.table))
    row.append(head, make('td', t.doing), cell, make('td', t.rows, 'right'), make('td', t.speed, 'right'))
    return row
  }
  const drawHold = (hold) => {
    const item = make('li')
    item.append(spoken(make('strong'), hold.why), make('p', hold.what, 'soft'), spoken(make('p', undefined, 'remedy'), hold.remedy))
    return item
  }
  const show = (doc) => {
    for (const node of root.querySelectorAll('[data-show]')) put(node, doc.words[node.dataset.show])
    fill(root.querySelector('[data-far]'), doc.percent)
    root.querySelector('.verdict').className = 'sheet verdict is-' + doc.tone
    document.title = doc.words.percent + ' ' + doc.migration + ' ' + doc.run
    list('tables', doc.tables, drawTable)
    const now = JSON.stringify([doc.holds, doc.trouble])
    if (now === lists) return
    lists = now
    list('holds', doc.holds, drawHold)
    list('trouble', doc.trouble, (line) => spoken(make('li'), line))
  }
  const answered = (doc) => {
    failures = 0
    since = null
    lost.hidden = true
    if (!doc.underWay) return location.reload()
    show(doc)
    next(document.hidden ? 15000 : 1000)
  }
  const silent = (error) => {
    failures += 1
    since = since || new Date()
    if (failures > 2) {
      put(lost, error.message + ' (since ' + since.toLocaleTimeString() + '). What stands here is of then; it is asked for again.')
      lost.hidden = false
    }
    next(Math.min(10000, 1000 * 2 ** failures))
  }
  const ask = async () => {
    const response = await fetch(root.dataset.live, { cache: 'no-store', signal: AbortSignal.timeout(15000) }).catch(() => {
      throw new Error('Lost contact with the control worker')
    })
    if (response.status === 401) throw new Error('The control worker has another token now: load this page again')
    if (!response.ok) throw new Error('The control worker cannot say how far it is')
    return await response.json()
  }
  const look = () => { ask().then(answered, silent) }
  const next = (ms) => { clearTimeout(timer); timer = setTimeout(look, ms) }
  document.addEventListener('visibilitychange', () => { if (!document.hidden) next(0) })
  next(1000)
})()`
