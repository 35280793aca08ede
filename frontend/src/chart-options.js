// From our one shape of data {categories, series: [{name, data, urls}], format, currency, max} to ECharts options.
import { language } from './text.js'

// Distinguishable without seeing red and green apart; the first is the accent of the theme.
const COLOURS = {
  light: ['#2f6be0', '#e08a1e', '#159a8c', '#8857cf', '#5aa9e6', '#b8476b', '#b79a1f', '#66758a'],
  dark: ['#6c9bff', '#f0a94f', '#3fc1b2', '#b18cf0', '#7cc4f5', '#e07d9f', '#d6bd55', '#98a6b8']
}

const locale = language.startsWith('zh') ? 'zh-CN' : 'en'

/** A number as people read it; `short` for axes (12k, 1.2万). */
export function formatter({ format, currency }, short = false) {
  const options = { maximumFractionDigits: short ? 1 : 2 }
  if (short) options.notation = 'compact'
  if (format === 'percent') return (value) => (value === null || value === undefined ? '' : `${new Intl.NumberFormat(locale, { maximumFractionDigits: 2 }).format(value)} %`)
  if (format === 'money' && currency) Object.assign(options, { style: 'currency', currency, currencyDisplay: 'narrowSymbol', minimumFractionDigits: 0 })
  const numbers = new Intl.NumberFormat(locale, options)
  return (value) => (value === null || value === undefined ? '' : numbers.format(value))
}

function paint() {
  const styles = getComputedStyle(document.documentElement)
  const read = (name) => styles.getPropertyValue(name).trim()
  return {
    colours: COLOURS[document.documentElement.dataset.bsTheme === 'dark' ? 'dark' : 'light'],
    ink: read('--ink'), quiet: read('--ink-quiet'), line: read('--line'), surface: read('--surface'),
    font: getComputedStyle(document.body).fontFamily
  }
}

function base(data, paints) {
  return {
    color: paints.colours,
    textStyle: { fontFamily: paints.font, color: paints.ink },
    animationDuration: window.matchMedia('(prefers-reduced-motion: reduce)').matches ? 0 : 350,
    tooltip: {
      confine: true, backgroundColor: paints.surface, borderColor: paints.line, padding: [8, 12],
      textStyle: { color: paints.ink, fontFamily: paints.font, fontSize: 13 },
      valueFormatter: formatter(data)
    }
  }
}

const legend = (paints) => ({ type: 'scroll', bottom: 0, icon: 'roundRect', itemWidth: 10, itemHeight: 10, itemGap: 16, textStyle: { color: paints.quiet, fontFamily: paints.font } })

function axes(kind, data, paints) {
  const labels = { type: 'category', data: data.categories, axisTick: { show: false }, axisLine: { lineStyle: { color: paints.line } }, axisLabel: { color: paints.quiet, hideOverlap: true, width: 110, overflow: 'truncate' } }
  const values = { type: 'value', splitLine: { lineStyle: { color: paints.line } }, axisLabel: { color: paints.quiet, hideOverlap: true, formatter: formatter(data, true) } }
  const lying = kind === 'hbar'
  return {
    grid: { left: 8, right: lying ? 56 : 16, top: 16, bottom: data.series.length > 1 ? 36 : 4, outerBoundsMode: 'same', outerBoundsContain: 'axisLabel' },
    xAxis: lying ? values : labels,
    yAxis: lying ? { ...labels, inverse: true } : values
  }
}

function series(kind, data, paints) {
  const clickable = (one) => (one.urls ? 'pointer' : 'default')
  return data.series.map((one) => {
    const shared = { name: one.name, data: one.data, cursor: clickable(one), stack: one.stack }
    if ((one.kind ?? kind) === 'line') return { ...shared, type: 'line', symbolSize: 7, showSymbol: data.categories.length < 32, lineStyle: { width: 2.25 }, areaStyle: data.series.length === 1 ? { opacity: 0.09 } : undefined, connectNulls: false }
    const label = kind === 'hbar' && data.series.length === 1 ? { show: true, position: 'right', color: paints.quiet, formatter: ({ value }) => formatter(data, true)(value) } : undefined
    return { ...shared, type: 'bar', barMaxWidth: kind === 'hbar' ? 18 : 34, itemStyle: { borderRadius: one.stack ? 0 : kind === 'hbar' ? [0, 4, 4, 0] : [4, 4, 0, 0] }, label }
  })
}

function cartesian(kind, data, paints) {
  const options = base(data, paints)
  return {
    ...options,
    ...axes(kind, data, paints),
    tooltip: { ...options.tooltip, trigger: 'axis', axisPointer: { type: kind === 'line' ? 'line' : 'shadow', lineStyle: { color: paints.quiet }, shadowStyle: { opacity: 0.25 } } },
    legend: data.series.length > 1 ? legend(paints) : undefined,
    series: series(kind, data, paints)
  }
}

const parts = (data) => data.categories.map((name, index) => ({ name, value: data.series[0].data[index] }))

function pie(data, paints) {
  return {
    ...base(data, paints),
    legend: legend(paints),
    series: [{
      type: 'pie', radius: ['52%', '76%'], center: ['50%', '44%'], data: parts(data), cursor: data.series[0].urls ? 'pointer' : 'default', padAngle: 1.5,
      itemStyle: { borderRadius: 4 }, label: { color: paints.ink, formatter: '{b}  {d}%', overflow: 'truncate', width: 120 }, labelLine: { lineStyle: { color: paints.line } }
    }]
  }
}

function funnel(data, paints, width) {
  const written = formatter(data)
  return {
    ...base(data, paints),
    series: [{
      type: 'funnel', sort: 'none', gap: 3, left: 8, right: width < 460 ? '54%' : '38%', top: 8, bottom: 8, minSize: '12%', data: parts(data), cursor: data.series[0].urls ? 'pointer' : 'default',
      itemStyle: { borderWidth: 0, borderRadius: 3 },
      label: { position: 'right', color: paints.ink, formatter: ({ name, value, dataIndex }) => [name, written(value), data.notes?.[dataIndex]].filter(Boolean).join('  ') },
      labelLine: { length: 14, lineStyle: { color: paints.line } }
    }]
  }
}

function gauge(data, paints) {
  const written = formatter(data)
  return {
    ...base(data, paints),
    tooltip: { show: false },
    series: [{
      type: 'gauge', startAngle: 205, endAngle: -25, min: 0, max: data.max ?? 100, radius: '96%', center: ['50%', '60%'],
      progress: { show: true, width: 14, roundCap: true, itemStyle: { color: paints.colours[0] } },
      axisLine: { roundCap: true, lineStyle: { width: 14, color: [[1, paints.line]] } },
      pointer: { show: false }, axisTick: { show: false }, splitLine: { show: false }, axisLabel: { show: false },
      title: { offsetCenter: [0, '28%'], color: paints.quiet, fontSize: 13 },
      detail: { offsetCenter: [0, '-4%'], color: paints.ink, fontSize: 24, fontWeight: 650, fontFamily: paints.font, formatter: written },
      data: [{ value: data.series[0].data[0], name: data.categories[0] ?? '' }]
    }]
  }
}

/** kind: bar, hbar, line, pie, funnel or gauge. */
export function chartOption(kind, data, width) {
  const paints = paint()
  const round = { pie, funnel, gauge }[kind]
  return round ? round(data, paints, width) : cartesian(kind, data, paints)
}
