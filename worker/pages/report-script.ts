/**
 * What a report's page does in a browser: it draws the charts from the page's own numbers, in the colours of the scheme,
 * and sorts its table. Everything it shows stands on the page in words as well.
 */
export const REPORT_SCRIPT = String.raw`(() => {
  'use strict'
  const root = document.documentElement
  root.classList.add('js')
  const at = (id) => document.getElementById(id)
  const read = (id) => (at(id) ? JSON.parse(at(id).textContent) : null)
  const colour = (name) => getComputedStyle(root).getPropertyValue('--' + name).trim()
  const whole = new Intl.NumberFormat('en-US')
  const short = new Intl.NumberFormat('en-US', { notation: 'compact', maximumFractionDigits: 1 })
  const took = (s) =>
    s < 1 ? s.toFixed(2) + ' s' : s < 60 ? s.toFixed(1) + ' s'
      : s < 3600 ? Math.floor(s / 60) + ' min ' + String(Math.round(s % 60)).padStart(2, '0') + ' s'
      : Math.floor(s / 3600) + ' h ' + String(Math.floor((s % 3600) / 60)).padStart(2, '0') + ' min'
  const tick = (s) => (s < 120 ? Number(s.toFixed(2)) + ' s' : s < 7200 ? Number((s / 60).toFixed(1)) + ' min' : Number((s / 3600).toFixed(1)) + ' h')
  const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
  const day = (run) => Number(run.slice(6, 8)) + ' ' + MONTHS[Number(run.slice(4, 6)) - 1]
  const clock = (run) => run.slice(9, 11) + ':' + run.slice(11, 13)
  /** Several runs of one day are told apart by their times. */
  const labels = (runs) => {
    const days = runs.map(day)
    return new Set(days).size === days.length ? days : runs.map((run) => day(run) + ' ' + clock(run))
  }

  const charts = []
  /** paint: sets what depends on the scheme. Before it is drawn: drawing is most of what opening the page takes. */
  function draw(id, config, paint) {
    paintAxes(config)
    paint(config)
    const chart = new Chart(at(id), config)
    charts.push({ chart, paint })
    return chart
  }
  function paintAxes({ options }) {
    for (const scale of Object.values(options.scales)) {
      scale.ticks.color = colour('soft')
      scale.grid.color = colour('grid')
      scale.border.color = colour('line')
    }
    Object.assign(options.plugins.tooltip, {
      backgroundColor: colour('ink'), titleColor: colour('sheet'), bodyColor: colour('sheet'),
    })
    options.plugins.legend.labels.color = colour('ink')
  }
  function repaint() {
    for (const { chart, paint } of charts) {
      paintAxes(chart)
      paint(chart)
      chart.update('none')
    }
  }

  Chart.defaults.font.family = getComputedStyle(document.body).fontFamily
  Chart.defaults.font.size = 12
  Chart.defaults.animation = false
  Chart.defaults.maintainAspectRatio = false
  // It would colour what has no colour yet.
  Chart.defaults.plugins.colors.enabled = false
  Chart.defaults.locale = 'en-US'

  const scales = (format) => ({
    x: { ticks: { maxRotation: 0, autoSkipPadding: 18 }, grid: { display: false }, border: {} },
    y: { beginAtZero: true, ticks: { maxTicksLimit: 5, callback: format }, grid: {}, border: { display: false } },
  })
  const options = (trend, format, exact) => ({
    scales: scales(format),
    interaction: { mode: 'index', intersect: false },
    plugins: {
      legend: { display: false, labels: {} },
      tooltip: {
        displayColors: false,
        callbacks: { title: ([item]) => 'run ' + trend.runs[item.dataIndex], label: (item) => exact(item.parsed.y) },
      },
    },
  })
  const rowsChart = (id, trend, data) =>
    draw(id, {
      type: 'line',
      data: { labels: labels(trend.runs), datasets: [{ label: 'rows', data, borderWidth: 2, tension: 0, fill: true, spanGaps: false }] },
      options: options(trend, (n) => short.format(n), (n) => whole.format(n) + (n === 1 ? ' row' : ' rows')),
    }, ({ data: { datasets: [rows] } }) => {
      const line = colour('one')
      const radius = trend.runs.length === 1 ? 4 : 0
      Object.assign(rows, {
        borderColor: line, backgroundColor: line + '22', pointBackgroundColor: line, pointBorderColor: colour('sheet'),
        pointRadius: trend.runs.map((_, i) => (i === trend.here ? 5 : radius)), pointHoverRadius: 5,
      })
    })
  const secondsChart = (id, trend, data) =>
    draw(id, {
      type: 'bar',
      data: { labels: labels(trend.runs), datasets: [{ label: 'seconds', data, borderRadius: 2, maxBarThickness: 26 }] },
      options: options(trend, tick, took),
    }, ({ data: { datasets: [seconds] } }) => {
      const apart = new Set(trend.apart)
      seconds.backgroundColor = trend.runs.map((_, i) => (apart.has(i) ? colour('bad') : i === trend.here ? colour('one') : colour('one') + 'bb'))
    })

  const said = (numbers, format) => {
    const known = numbers.filter((n) => n !== null)
    if (known.length === 0) return 'Nothing yet.'
    const least = Math.min(...known), most = Math.max(...known)
    const last = numbers[numbers.length - 1]
    return (last === null ? 'Not in the last run' : 'Last ' + format(last)) + (least === most ? '.' : '; least ' + format(least) + ', most ' + format(most) + '.')
  }

  function drawTrend(trend) {
    rowsChart('total-rows', trend, trend.rows)
    secondsChart('total-seconds', trend, trend.seconds)
    const select = at('picked')
    if (!select) return
    let rows = null
    let seconds = null
    const body = at('picked-numbers').querySelector('tbody')
    const pick = () => {
      const [name, counts, times] = trend.tables[Number(select.value)]
      rows ??= rowsChart('table-rows', trend, counts)
      seconds ??= secondsChart('table-seconds', trend, times)
      if (rows.data.datasets[0].data !== counts) {
        rows.data.datasets[0].data = counts
        seconds.data.datasets[0].data = times
        rows.update('none')
        seconds.update('none')
      }
      at('table-rows-title').textContent = 'Rows of ' + name
      at('table-seconds-title').textContent = 'Seconds that the steps of ' + name + ' took'
      at('table-rows-said').textContent = said(counts, (n) => whole.format(n) + (n === 1 ? ' row' : ' rows'))
      at('table-seconds-said').textContent = said(times, took)
      body.replaceChildren(...trend.runs.map((run, i) => line([run, counts[i] === null ? '-' : whole.format(counts[i]), times[i] === null ? '-' : took(times[i])])).reverse())
    }
    select.addEventListener('change', pick)
    // Also where the browser put back what was picked before.
    addEventListener('pageshow', pick)
    pick()
  }
  function line(texts) {
    const row = document.createElement('tr')
    texts.forEach((text, i) => {
      const cell = document.createElement(i === 0 ? 'th' : 'td')
      if (i === 0) cell.scope = 'row'
      else cell.className = 'right'
      cell.textContent = text
      row.append(cell)
    })
    return row
  }

  const STEPS = { copy: 'one', indexes: 'two', constraints: 'three', vacuum: 'four', proof: 'five' }
  const clip = (name) => (name.length > 22 ? name.slice(0, 21) + '…' : name)
  function drawTimeline({ tables, steps }) {
    draw('timeline-chart', {
      type: 'bar',
      data: {
        labels: tables,
        datasets: steps.map(({ step, spans }) => ({ label: step, data: spans, grouped: false, backgroundColor: () => colour(STEPS[step]), minBarLength: 2, maxBarThickness: 16, borderRadius: 2, borderSkipped: false })),
      },
      options: {
        indexAxis: 'y',
        scales: {
          x: { beginAtZero: true, position: 'bottom', ticks: { callback: tick, maxTicksLimit: 8, maxRotation: 0 }, grid: {}, border: {} },
          y: { ticks: { autoSkip: false, callback: (_, i) => clip(tables[i]) }, grid: { display: false }, border: {} },
        },
        plugins: {
          legend: { align: 'start', labels: { boxWidth: 12, boxHeight: 12 } },
          tooltip: { callbacks: { label: ({ dataset, raw }) => dataset.label + ' from ' + took(raw[0]) + ' to ' + took(raw[1]) } },
        },
      },
    }, () => {})
  }

  function sortable(table) {
    const heads = [...table.tHead.rows[0].cells]
    const body = table.tBodies[0]
    const first = [...body.rows]
    const value = (row, i) => row.cells[i].dataset.v === undefined ? row.cells[i].textContent.trim() : Number(row.cells[i].dataset.v)
    heads.forEach((head, i) => head.firstElementChild.addEventListener('click', () => {
      const numbers = head.classList.contains('right')
      const turns = numbers ? ['descending', 'ascending', 'none'] : ['ascending', 'descending', 'none']
      const next = turns[(turns.indexOf(head.getAttribute('aria-sort')) + 1) % 3]
      for (const other of heads) other.setAttribute('aria-sort', other === head ? next : 'none')
      const sign = next === 'descending' ? -1 : 1
      const compare = (a, b) => numbers ? value(a, i) - value(b, i) : value(a, i).localeCompare(value(b, i))
      body.append(...(next === 'none' ? first : [...first].sort((a, b) => sign * compare(a, b))))
    }))
  }

  const trend = read('trend-data')
  if (trend) drawTrend(trend)
  const timeline = read('timeline-data')
  if (timeline) drawTimeline(timeline)
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', repaint)
  const all = at('all-tables')
  if (all) sortable(all)
})()`
