// Draws charts from JSON that the server put beside them; every chart also exists as a table and as a download.
import { BarChart, FunnelChart, GaugeChart, LineChart, PieChart } from 'echarts/charts'
import { GridComponent, LegendComponent, TooltipComponent } from 'echarts/components'
import * as echarts from 'echarts/core'
import { CanvasRenderer } from 'echarts/renderers'
import { chartOption } from './chart-options.js'
import { chartTable, downloadCsv } from './chart-table.js'
import { enhance } from './enhance.js'
import { text } from './text.js'

echarts.use([BarChart, FunnelChart, GaugeChart, LineChart, PieChart, GridComponent, LegendComponent, TooltipComponent, CanvasRenderer])

const isEmpty = ({ series }) => series.every(({ data }) => data.every((value) => !Number(value)))

function follow(url) {
  if (url) location.assign(url)
}

function draw(place) {
  const source = document.querySelector(place.dataset.chartJson)
  if (!source) return
  const data = JSON.parse(source.textContent)
  const card = place.closest('[data-chart-card]')
  const title = place.dataset.chartTitle ?? card?.querySelector('h2, h3')?.textContent.trim() ?? ''
  const table = card?.querySelector('[data-chart-table]')
  table?.replaceChildren(chartTable(data, title))

  place.setAttribute('role', 'img')
  place.setAttribute('aria-label', [title, summary(data)].filter(Boolean).join(': '))
  if (isEmpty(data)) {
    place.replaceChildren(Object.assign(document.createElement('p'), { className: 'palette-empty', textContent: text('no_data') }))
    return
  }

  const chart = echarts.init(place, null, { renderer: 'canvas' })
  const render = () => chart.setOption(chartOption(place.dataset.chart, data, place.clientWidth), { notMerge: true })
  render()
  chart.on('click', ({ seriesIndex, dataIndex }) => follow((data.series[seriesIndex] ?? data.series[0]).urls?.[dataIndex]))
  new ResizeObserver(() => chart.resize()).observe(place)
  document.addEventListener('themechange', () => place.isConnected && render())

  card?.addEventListener('click', (event) => {
    const button = event.target.closest('[data-chart-action]')
    if (!button) return
    const action = button.dataset.chartAction
    if (action === 'csv') downloadCsv(data, title)
    if (action === 'png') downloadPicture(chart, title)
    if (action === 'table') showTable(button, place, table)
  })
}

function summary({ categories, series }) {
  const [first] = series
  return categories.slice(0, 12).map((category, index) => `${category} ${first.data[index] ?? ''}`).join(', ')
}

function showTable(button, place, table) {
  const asTable = table.hidden
  table.hidden = !asTable
  place.hidden = asTable
  button.setAttribute('aria-pressed', String(asTable))
}

function downloadPicture(chart, title) {
  const background = getComputedStyle(document.documentElement).getPropertyValue('--surface').trim()
  const link = document.createElement('a')
  link.href = chart.getDataURL({ type: 'png', pixelRatio: 2, backgroundColor: background })
  link.download = `${title || 'chart'}.png`
  link.click()
}

enhance('[data-chart]', draw)
