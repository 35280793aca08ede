// The side bar: its width and its folded groups are remembered on this device.
import { enhance } from './enhance.js'

const YEAR = 60 * 60 * 24 * 365

enhance('[data-sidebar-toggle]', (button) => {
  const describe = () => {
    const mini = document.body.classList.contains('app-mini')
    button.setAttribute('aria-expanded', String(!mini))
    return mini
  }
  describe()
  button.addEventListener('click', () => {
    document.body.classList.toggle('app-mini')
    // A cookie, because the server draws the page and must know the width before the first paint.
    document.cookie = `sidebar=${describe() ? 'mini' : 'full'}; path=/; max-age=${YEAR}; samesite=lax`
    window.dispatchEvent(new Event('resize'))
  })
})

enhance('details[data-nav-group]', (group) => {
  const key = `nav:${group.dataset.navGroup}`
  if (localStorage.getItem(key) === 'closed' && !group.querySelector('.active')) group.open = false
  group.addEventListener('toggle', () => localStorage.setItem(key, group.open ? 'open' : 'closed'))
})

enhance('.sidebar .nav-entry.active, .tabs a.tab.active', (entry) => entry.scrollIntoView({ block: 'nearest', inline: 'nearest' }))

// On a narrow screen the stages scroll: begin with the current one in sight.
enhance('.stage-bar [aria-current]', (step) => {
  const bar = step.closest('.stage-bar')
  bar.scrollLeft = step.parentElement.offsetLeft - bar.offsetLeft - (bar.clientWidth - step.clientWidth) / 2
})
