// Ticking rows of a list: one by one, a range with Shift, or the whole page.
import { enhance } from './enhance.js'
import { text } from './text.js'

enhance('[data-selection]', (list) => {
  const bar = list.querySelector('[data-bulk-bar]')
  if (!bar) return
  const boxes = () => [...list.querySelectorAll('[data-select-row]')]
  let last

  function show() {
    const all = boxes()
    const ticked = all.filter((box) => box.checked)
    const whole = list.querySelector('[data-select-page]')
    if (whole) {
      whole.checked = all.length > 0 && ticked.length === all.length
      whole.indeterminate = ticked.length > 0 && ticked.length < all.length
    }
    for (const box of all) box.closest('tr')?.classList.toggle('is-selected', box.checked)
    bar.hidden = ticked.length === 0
    bar.querySelector('[data-selected-count]').textContent = text('selected', { count: ticked.length })
  }

  list.addEventListener('change', (event) => {
    if (event.target.matches('[data-select-page]')) for (const box of boxes()) box.checked = event.target.checked
    show()
  })
  list.addEventListener('click', (event) => {
    const box = event.target.closest?.('[data-select-row]')
    if (box) {
      const all = boxes()
      if (event.shiftKey && all.includes(last)) {
        const [from, to] = [all.indexOf(last), all.indexOf(box)].sort((a, b) => a - b)
        for (const between of all.slice(from, to + 1)) between.checked = box.checked
      }
      last = box
      show()
    }
    if (event.target.closest?.('[data-select-none]')) {
      for (const ticked of boxes()) ticked.checked = false
      show()
    }
  })
  list.addEventListener('htmx:afterSettle', show)
  show()
})
