// data-copy="text" puts the text on the clipboard.
import { text } from './text.js'
import { toast } from './toasts.js'

document.addEventListener('click', async (event) => {
  const button = event.target.closest?.('[data-copy]')
  if (!button) return
  try {
    await navigator.clipboard.writeText(button.dataset.copy)
    toast(text('copied'), 'success')
  } catch {
    toast(text('copy_failed'), 'warning')
  }
})

document.addEventListener('click', (event) => {
  if (event.target.closest?.('[data-print]')) window.print()
})
