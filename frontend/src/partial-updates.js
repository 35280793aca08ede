// htmx, set up for a strict content policy, our CSRF token and readable refusals.
import htmx from 'htmx.org/dist/htmx.esm.js'
import { csrfToken, sentenceFor } from './http.js'
import { toast } from './toasts.js'

Object.assign(htmx.config, {
  allowEval: false,
  allowScriptTags: false,
  includeIndicatorStyles: false,
  selfRequestsOnly: true,
  historyCacheSize: 0,
  refreshOnHistoryMiss: true,
  scrollIntoViewOnBoost: false,
  timeout: 60_000
})
// A form that comes back with errors (422) or with both versions (409) is swapped in like any other answer.
htmx.config.responseHandling = [
  { code: '204', swap: false },
  { code: '[23]..', swap: true },
  { code: '(409|422)', swap: true, error: true },
  { code: '[45]..', swap: false, error: true }
]

document.addEventListener('htmx:configRequest', (event) => {
  if (event.detail.verb !== 'get') event.detail.headers['X-CSRFToken'] = csrfToken()
})

const isWholeFragment = (xhr) => /^\s*</.test(xhr.responseText ?? '')

// A bare sentence is told in a toast; only markup may replace a part of the page.
document.addEventListener('htmx:beforeSwap', (event) => {
  const { xhr } = event.detail
  if (xhr.status >= 400 && !isWholeFragment(xhr)) event.detail.shouldSwap = false
})

document.addEventListener('htmx:responseError', (event) => {
  const { xhr } = event.detail
  if (isWholeFragment(xhr) && (xhr.status === 409 || xhr.status === 422)) return
  const isSentence = xhr.responseText && xhr.responseText.length < 400 && !isWholeFragment(xhr)
  toast(isSentence ? xhr.responseText : sentenceFor(xhr.status), 'danger')
})
document.addEventListener('htmx:sendError', () => toast(sentenceFor(0), 'danger'))
document.addEventListener('htmx:timeout', () => toast(sentenceFor(0), 'danger'))

let underWay = 0
function showProgress(change) {
  underWay = Math.max(0, underWay + change)
  const line = document.getElementById('loading-line')
  if (line) line.hidden = underWay === 0
}
document.addEventListener('htmx:beforeRequest', (event) => {
  if (!event.detail.elt.closest('[data-quiet]')) showProgress(1)
})
document.addEventListener('htmx:afterRequest', (event) => {
  if (!event.detail.elt.closest('[data-quiet]')) showProgress(-1)
})

export default htmx
