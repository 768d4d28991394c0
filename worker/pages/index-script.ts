/** Runs in the browser: moves the bars of runs that are under way, and loads the page again when there is more to show. */
export const INDEX_SCRIPT = `(() => {
  'use strict'
  const root = document.querySelector('[data-index]')
  const lost = root.querySelector('.lost')
  let timer = 0, failures = 0, since = null
  const show = (doc) => {
    failures = 0
    since = null
    lost.hidden = true
    if (doc.stamp !== root.dataset.stamp) return location.reload()
    for (const { migration, percent, words } of doc.running) {
      const card = [...root.querySelectorAll('[data-migration]')].find((one) => one.dataset.migration === migration)
      const bar = card && card.querySelector('.bar')
      if (!bar) continue
      bar.firstElementChild.style.width = percent + '%'
      bar.setAttribute('aria-valuenow', String(percent))
      card.querySelector('[data-far-words]').textContent = words
    }
    next(document.hidden ? 30000 : 2000)
  }
  const silent = () => {
    failures += 1
    since = since || new Date()
    if (failures > 2) {
      lost.textContent = 'Lost contact with the control worker (since ' + since.toLocaleTimeString() + '). What stands here is of then.'
      lost.hidden = false
    }
    next(Math.min(15000, 2000 * 2 ** failures))
  }
  const ask = async () => {
    const response = await fetch(root.dataset.index, { cache: 'no-store', signal: AbortSignal.timeout(20000) })
    if (!response.ok) throw new Error(String(response.status))
    return await response.json()
  }
  const next = (ms) => { clearTimeout(timer); timer = setTimeout(() => { ask().then(show, silent) }, ms) }
  document.addEventListener('visibilitychange', () => { if (!document.hidden) next(0) })
  next(2000)
})()`
