// Dates: people pick from a calendar or type; the server always receives ISO (YYYY-MM-DD or YYYY-MM-DD HH:MM).
import flatpickr from 'flatpickr'
import { Mandarin } from 'flatpickr/dist/esm/l10n/zh.js'
import { language, text } from './text.js'

const WRITTEN = /^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[ T](\d{1,2}):(\d{2}))?$/

function read(written) {
  const match = written.trim().match(WRITTEN)
  if (!match) return undefined
  const [year, month, day, hour, minute] = match.slice(1).map((part) => Number(part ?? 0))
  const date = new Date(year, month - 1, day, hour, minute)
  return date.getMonth() === month - 1 && date.getDate() === day ? date : undefined
}

export function calendar(input) {
  const withTime = input.hasAttribute('data-datetime')
  // The calendar empties what it cannot read; we put it back, so that the server can say what is wrong with it.
  let unreadable = ''
  const putBack = () => queueMicrotask(() => {
    if (!input.value && unreadable) input.value = unreadable
  })
  const picker = flatpickr(input, {
    locale: language.startsWith('zh') ? Mandarin : { firstDayOfWeek: 1 },
    dateFormat: withTime ? 'Y-m-d H:i' : 'Y-m-d',
    enableTime: withTime,
    time_24hr: true,
    minuteIncrement: 5,
    allowInput: true,
    disableMobile: true,
    // Inside a menu or dialog the calendar must be part of it: outside it would close the menu, or lie below the dialog.
    static: Boolean(input.closest('.dropdown-menu, dialog')),
    minDate: input.dataset.min || undefined,
    maxDate: input.dataset.max || undefined,
    errorHandler: () => {},
    parseDate: (typed) => {
      const date = read(typed)
      unreadable = date ? '' : typed
      return date
    },
    onChange: putBack,
    onClose: putBack
  })
  input.addEventListener('focus', () => (unreadable = ''))
  input.addEventListener('blur', putBack)
  picker.calendarContainer?.setAttribute('aria-label', text('calendar'))
}
