// data-confirm="Really?" on a form, button or link asks first, in a dialog of our own.
import { element } from './element.js'
import { text } from './text.js'

/** Resolves to true when the person agrees. */
export function ask(question, { action = text('confirm'), danger = true } = {}) {
  const dialog = element(
    'dialog',
    { class: 'sheet', 'aria-labelledby': 'confirm-question' },
    element(
      'form',
      { method: 'dialog' },
      element('div', { class: 'sheet-body pt-4', id: 'confirm-question' }, question),
      element(
        'div',
        { class: 'sheet-foot' },
        element('button', { class: 'btn', value: 'no', autofocus: true }, text('cancel')),
        element('button', { class: danger ? 'btn btn-danger' : 'btn btn-primary', value: 'yes' }, action)
      )
    )
  )
  document.body.append(dialog)
  dialog.showModal()
  return new Promise((resolve) => {
    dialog.addEventListener('close', () => {
      dialog.remove()
      resolve(dialog.returnValue === 'yes')
    })
  })
}

const wording = ({ dataset }) => ({ action: dataset.confirmAction, danger: dataset.confirmTone !== 'calm' })
const agreed = new WeakSet()

async function holdUntilAgreed(event, asked, proceed) {
  if (agreed.delete(asked)) return
  event.preventDefault()
  event.stopImmediatePropagation()
  if (await ask(asked.dataset.confirm, wording(asked))) {
    agreed.add(asked)
    proceed()
    agreed.delete(asked)
  }
}

// Capturing, so that the question comes before every other listener, htmx included.
document.addEventListener('submit', (event) => {
  const form = event.target
  const asked = event.submitter?.dataset.confirm ? event.submitter : form.dataset.confirm ? form : null
  if (asked) holdUntilAgreed(event, asked, () => form.requestSubmit(event.submitter))
}, true)

document.addEventListener('click', (event) => {
  const asked = event.target.closest?.('a[data-confirm], button[type="button"][data-confirm]')
  if (asked) holdUntilAgreed(event, asked, () => asked.click())
}, true)

// <button data-open-dialog="#id">, and data-close-dialog inside it.
document.addEventListener('click', (event) => {
  const opener = event.target.closest?.('[data-open-dialog]')
  if (opener) document.querySelector(opener.dataset.openDialog)?.showModal()
  event.target.closest?.('[data-close-dialog]')?.closest('dialog')?.close()
})
