// Light and dark: applied at once, remembered on the user (or in a cookie) by the server.
import { post } from './http.js'
import { toast } from './toasts.js'

export const theme = () => document.documentElement.dataset.bsTheme

function wear(chosen) {
  document.documentElement.dataset.bsTheme = chosen
  document.dispatchEvent(new CustomEvent('themechange', { detail: chosen }))
}

// Paper is white, whatever the screen wears.
let onScreen
window.matchMedia('print').addEventListener('change', ({ matches: printing }) => {
  if (printing) onScreen = theme()
  wear(printing ? 'light' : onScreen)
})

document.addEventListener('submit', (event) => {
  const form = event.target.closest('form[data-theme-switch]')
  if (!form) return
  event.preventDefault()
  const chosen = theme() === 'dark' ? 'light' : 'dark'
  wear(chosen)
  for (const button of document.querySelectorAll('form[data-theme-switch] button')) button.setAttribute('aria-pressed', String(chosen === 'dark'))
  const values = new FormData(form)
  values.set('theme', chosen)
  post(form.action, values).catch((refused) => toast(refused.message, 'warning'))
})
