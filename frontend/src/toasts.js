// Short notices in the corner. Errors stay until they are read and closed.
import { element, icon } from './element.js'
import { enhance } from './enhance.js'
import { text } from './text.js'

const MARKS = { success: 'circle-check', info: 'info-circle', warning: 'alert-triangle', danger: 'alert-circle' }
const SECONDS = { success: 5, info: 6, warning: 10 }

export function toast(sentence, kind = 'info') {
  const close = element('button', { type: 'button', class: 'chip-remove', 'aria-label': text('close'), 'data-close-notice': true }, icon('x', 'icon-sm'))
  const notice = element('div', { class: `notice notice-${kind}`, role: kind === 'danger' ? 'alert' : 'status', 'data-notice': kind }, icon(MARKS[kind] ?? MARKS.info), element('p', {}, sentence), close)
  document.getElementById('toasts')?.append(notice)
  leaveInTime(notice)
}

function leaveInTime(notice) {
  const seconds = SECONDS[notice.dataset.notice]
  if (!seconds) return
  let timer = setTimeout(() => notice.remove(), seconds * 1000)
  const hold = () => clearTimeout(timer)
  const release = () => (timer = setTimeout(() => notice.remove(), 3000))
  notice.addEventListener('mouseenter', hold)
  notice.addEventListener('focusin', hold)
  notice.addEventListener('mouseleave', release)
  notice.addEventListener('focusout', release)
}

enhance('#toasts [data-notice]', leaveInTime)

document.addEventListener('click', (event) => event.target.closest?.('[data-close-notice]')?.closest('.notice, .alert')?.remove())

// The server may ask for a notice from any htmx answer: HX-Trigger: {"notice": {"text": …, "kind": …}}
document.addEventListener('notice', (event) => toast(event.detail.text ?? event.detail.value ?? '', event.detail.kind ?? 'success'))
