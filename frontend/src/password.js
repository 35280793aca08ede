// Tells, while typing, what a good password still lacks. The server has the last word.
import { enhance } from './enhance.js'
import { text } from './text.js'

/** abcdefghij, 7777777777: every character follows the one before in the same way. */
function isRun(word) {
  const steps = new Set([...word].slice(1).map((sign, place) => sign.charCodeAt(0) - word.charCodeAt(place)))
  return steps.size === 1 && Math.abs([...steps][0]) <= 1
}

function ownWords(selector) {
  const typed = selector ? [...document.querySelectorAll(selector)].map((field) => field.value.split('@')[0]) : []
  return typed.filter((word) => word.length >= 4).map((word) => word.toLowerCase())
}

function judge(word, { least, about }) {
  const folded = word.toLowerCase()
  const met = {
    length: word.length >= least,
    varied: new Set(folded).size >= 5 && !isRun(folded),
    own: word.length > 0 && !ownWords(about).some((own) => folded.includes(own))
  }
  if (Object.values(met).includes(false)) return { met, score: 1 }
  return { met, score: word.length >= least + 6 ? 4 : word.length >= least + 2 ? 3 : 2 }
}

enhance('[data-password-meter]', (meter) => {
  const input = document.querySelector(meter.dataset.passwordMeter)
  if (!input) return
  const bars = meter.querySelector('.password-meter')
  const spoken = meter.querySelector('[data-strength]')
  input.addEventListener('input', () => {
    const { met, score } = judge(input.value, { least: Number(meter.dataset.least), about: meter.dataset.about })
    for (const [rule, isMet] of Object.entries(met)) meter.querySelector(`[data-rule="${rule}"]`)?.classList.toggle('met', isMet)
    bars.dataset.score = input.value ? String(score) : '0'
    spoken.textContent = input.value ? text(`password_${score}`) : ''
  })
})

document.addEventListener('click', (event) => {
  const eye = event.target.closest?.('[data-reveal]')
  if (!eye) return
  const input = document.querySelector(eye.dataset.reveal)
  const shown = input.type === 'text'
  input.type = shown ? 'password' : 'text'
  eye.setAttribute('aria-pressed', String(!shown))
})
