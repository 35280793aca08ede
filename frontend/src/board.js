// Boards: a card is dragged, or sent by its menu, to another column; the server decides, a refusal puts it back.
import Sortable from 'sortablejs'
import { ask } from './confirm.js'
import { element } from './element.js'
import { enhance } from './enhance.js'
import { post } from './http.js'
import { text } from './text.js'
import { toast } from './toasts.js'

const nameOf = (column) => column.dataset.name ?? column.querySelector('h2')?.textContent.trim() ?? ''

/** Some columns need more than the move (a lost reason): their dialog's form is filled in first. */
function askFor(column) {
  const dialog = column.dataset.ask && document.querySelector(column.dataset.ask)
  if (!dialog) return Promise.resolve(new FormData())
  const form = dialog.querySelector('form')
  form.reset()
  dialog.returnValue = ''
  dialog.showModal()
  return new Promise((resolve) => {
    const submitted = (event) => {
      event.preventDefault()
      dialog.close('go')
    }
    form.addEventListener('submit', submitted)
    dialog.addEventListener('close', () => {
      form.removeEventListener('submit', submitted)
      resolve(dialog.returnValue === 'go' ? new FormData(form) : null)
    }, { once: true })
  })
}

function showFigures(board, columns = {}) {
  for (const [key, figures] of Object.entries(columns)) {
    const column = board.querySelector(`[data-column="${CSS.escape(key)}"]`)
    for (const [name, value] of Object.entries(figures)) {
      const place = column?.querySelector(`[data-figure="${name}"]`)
      if (place) place.textContent = value
    }
  }
}

async function move(board, card, column, putBack) {
  const values = await askFor(column)
  if (!values) return putBack()
  values.set('stage', column.dataset.column)
  values.set('version', card.dataset.version ?? '')
  card.classList.add('is-saving')
  try {
    const answer = await post(card.dataset.moveUrl ?? board.dataset.moveUrl, values)
    if (answer.version !== undefined) card.dataset.version = answer.version
    showFigures(board, answer.columns)
    const title = card.querySelector('h3')?.textContent.trim() ?? ''
    toast(answer.message ?? text('moved', { card: title, column: nameOf(column) }), 'success')
  } catch (refused) {
    putBack()
    if (refused.status === 409 && (await ask(refused.message, { action: text('reload'), danger: false }))) location.reload()
    else if (refused.status !== 409) toast(refused.message, 'danger')
  } finally {
    card.classList.remove('is-saving')
  }
}

function fillMenu(board, card) {
  const menu = card.querySelector('[data-move-menu]')
  if (!menu) return
  const here = card.closest('[data-column]')
  menu.replaceChildren(
    element('h4', { class: 'dropdown-header' }, text('move_to')),
    ...[...board.querySelectorAll('[data-column]')]
      .filter((column) => column !== here)
      .map((column) => {
        const entry = element('button', { type: 'button', class: 'dropdown-item' }, nameOf(column))
        entry.addEventListener('click', () => sendTo(board, card, column))
        return entry
      })
  )
}

function sendTo(board, card, column) {
  const from = card.parentElement
  const next = card.nextElementSibling
  column.querySelector('[data-cards]').prepend(card)
  move(board, card, column, () => from.insertBefore(card, next))
  card.querySelector('[data-bs-toggle]')?.focus()
}

enhance('[data-board]', (board) => {
  for (const list of board.querySelectorAll('[data-cards]')) {
    Sortable.create(list, {
      group: 'cards',
      sort: false,
      draggable: '[data-card]',
      filter: '[data-no-drag], .is-saving',
      preventOnFilter: false,
      animation: 140,
      delay: 160,
      delayOnTouchOnly: true,
      touchStartThreshold: 4,
      scrollSensitivity: 90,
      scrollSpeed: 16,
      onMove: ({ to }) => {
        for (const column of board.querySelectorAll('[data-column]')) column.classList.toggle('is-target', column.contains(to))
      },
      onEnd: ({ item, from, to, oldDraggableIndex }) => {
        for (const column of board.querySelectorAll('.is-target')) column.classList.remove('is-target')
        if (from === to) return
        const putBack = () => from.insertBefore(item, from.querySelectorAll('[data-card]')[oldDraggableIndex] ?? null)
        move(board, item, to.closest('[data-column]'), putBack)
      }
    })
  }
  board.addEventListener('show.bs.dropdown', (event) => {
    const card = event.target.closest('[data-card]')
    if (card) fillMenu(board, card)
  })
})
