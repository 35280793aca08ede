// <time data-deadline datetime="…Z">: keeps "in 2 hours" / "10 minutes ago" true while the page stays open.
import { enhance } from './enhance.js'
import { language } from './text.js'

const UNITS = [['day', 86_400], ['hour', 3_600], ['minute', 60]]
const words = new Intl.RelativeTimeFormat(language, { numeric: 'always', style: 'short' })

function show(time) {
  const seconds = (new Date(time.dateTime) - Date.now()) / 1000
  const [unit, size] = UNITS.find(([, size]) => Math.abs(seconds) >= size) ?? UNITS.at(-1)
  time.textContent = words.format(Math.trunc(seconds / size), unit)
  time.classList.toggle('overdue', seconds < 0)
  time.classList.toggle('due-soon', seconds >= 0 && seconds < Number(time.dataset.soon ?? 3_600))
}

enhance('time[data-deadline]', (time) => {
  show(time)
  const timer = setInterval(() => (time.isConnected ? show(time) : clearInterval(timer)), 30_000)
})
