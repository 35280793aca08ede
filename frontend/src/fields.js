// Fields that need more than the browser gives; their code is fetched when a page has one.
import { enhance } from './enhance.js'
import { text } from './text.js'
import { toast } from './toasts.js'

enhance('select[data-picker], select[data-select]', async (select) => {
  const { picker } = await import('./picker.js')
  if (select.isConnected) picker(select)
})

enhance('input[data-date], input[data-datetime]', async (input) => {
  const { calendar } = await import('./calendar.js')
  if (input.isConnected) calendar(input)
})

enhance('[data-chart]', () => import('./charts.js'))
enhance('[data-board]', () => import('./board.js'))

// Shows the name of the chosen file and refuses one that is too large before it travels.
enhance('input[type="file"][data-max-bytes]', (input) => {
  input.addEventListener('change', () => {
    const tooLarge = [...input.files].find((file) => file.size > Number(input.dataset.maxBytes))
    if (!tooLarge) return
    toast(text('file_too_large', { name: tooLarge.name }), 'danger')
    input.value = ''
  })
})
