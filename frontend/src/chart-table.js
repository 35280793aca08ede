// The same numbers as a table, whose figures link to the records that were counted, and as CSV.
import { formatter } from './chart-options.js'
import { element } from './element.js'

export function chartTable({ categories, series, ...data }, title) {
  const written = formatter(data)
  const head = element('tr', {}, element('th', { scope: 'col' }, title), ...series.map(({ name }) => element('th', { scope: 'col', class: 'cell-number' }, name ?? '')))
  const rows = categories.map((category, row) =>
    element(
      'tr', {}, element('th', { scope: 'row' }, category),
      ...series.map(({ data: values, urls }) => element('td', { class: 'cell-number' }, urls?.[row] ? element('a', { href: urls[row] }, written(values[row])) : written(values[row])))
    )
  )
  return element('table', { class: 'data-table data-table-plain' }, element('thead', {}, head), element('tbody', {}, ...rows))
}

/** Text that begins like a formula is made harmless for the spreadsheet that opens it. */
function cell(value) {
  const written = String(value ?? '')
  const harmless = typeof value !== 'number' && /^[=+\-@\t\r]/.test(written) ? `'${written}` : written
  return /[",\n\r]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless
}

export function downloadCsv({ categories, series }, title) {
  const lines = [[title, ...series.map(({ name }) => name ?? '')], ...categories.map((category, row) => [category, ...series.map(({ data }) => data[row])])]
  const content = `\ufeff${lines.map((line) => line.map(cell).join(',')).join('\r\n')}\r\n`
  const link = element('a', { href: URL.createObjectURL(new Blob([content], { type: 'text/csv;charset=utf-8' })), download: `${title || 'chart'}.csv` })
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000)
}
