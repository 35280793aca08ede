// Forms: one submit per click, Ctrl/⌘ S saves, and nothing typed is lost by leaving the page.
import { enhance } from './enhance.js'

const changed = new Set()

function mark(form, isChanged) {
  if (isChanged) changed.add(form)
  else changed.delete(form)
  for (const sign of form.querySelectorAll('[data-unsaved]')) sign.hidden = !isChanged
}

enhance('form[data-guard]', (form) => {
  // A form that came back with errors holds what was typed: it is as unsaved as before.
  if (form.querySelector('.is-invalid')) mark(form, true)
  form.addEventListener('input', () => mark(form, true))
  form.addEventListener('change', () => mark(form, true))
})

document.addEventListener('submit', (event) => {
  if (event.defaultPrevented) return
  const form = event.target
  mark(form, false)
  if (form.method !== 'post' || form.hasAttribute('hx-post') || form.hasAttribute('data-repeatable')) return
  if (form.dataset.sent) {
    event.preventDefault()
    return
  }
  form.dataset.sent = 'yes'
  event.submitter?.classList.add('is-busy')
})

// Back from the browser's memory: the form may be sent again.
window.addEventListener('pageshow', (event) => {
  if (!event.persisted) return
  for (const form of document.querySelectorAll('form[data-sent]')) delete form.dataset.sent
  for (const button of document.querySelectorAll('.is-busy')) button.classList.remove('is-busy')
})

window.addEventListener('beforeunload', (event) => {
  if ([...changed].some((form) => form.isConnected)) event.preventDefault()
})

document.addEventListener('keydown', (event) => {
  if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== 's') return
  const form = event.target.closest?.('form') ?? document.querySelector('form[data-guard]')
  if (!form || form.method !== 'post') return
  event.preventDefault()
  form.requestSubmit(form.querySelector('[data-save]'))
})

enhance('.is-invalid', (field) => {
  if (field === document.querySelector('.is-invalid')) (field.querySelector('input, select, textarea') ?? field).focus({ preventScroll: false })
})

// data-submit-on-change: page size, small filters.
document.addEventListener('change', (event) => {
  if (event.target.matches?.('[data-submit-on-change]')) event.target.form?.requestSubmit()
})

// data-shows="#id" on a select or radio: parts that only one choice needs. data-when="value" on the part.
enhance('[data-shows]', (control) => {
  const parts = [...document.querySelectorAll(control.dataset.shows)]
  const show = () => {
    const value = control.type === 'checkbox' ? String(control.checked) : control.value
    for (const part of parts) {
      part.hidden = !part.dataset.when.split(' ').includes(value)
      for (const inner of part.querySelectorAll('input, select, textarea')) inner.disabled = part.hidden
    }
  }
  control.addEventListener('change', show)
  show()
})
