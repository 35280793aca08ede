// Ctrl/⌘ K: jump to any page, record or action. Pages and actions come from the frame, records from the server.
import { element, icon } from './element.js'
import { enhance } from './enhance.js'
import { getJson } from './http.js'
import { text } from './text.js'

const plain = (words) => words.toLocaleLowerCase().normalize('NFKC')

function pagesAndActions() {
  const entries = (selector, group) =>
    [...document.querySelectorAll(selector)].map((link) => ({
      group,
      label: link.dataset.paletteLabel ?? link.textContent.trim(),
      url: link.href,
      icon: link.dataset.paletteIcon ?? 'arrow-right',
      hint: link.dataset.paletteHint ?? ''
    }))
  return [...entries('[data-palette="page"]', text('pages')), ...entries('[data-palette="action"]', text('actions'))]
}

const isMac = /Mac|iPhone|iPad/.test(navigator.platform)
enhance('[data-keys]', (keys) => {
  if (isMac) keys.dataset.keys = keys.dataset.keys.replace('Ctrl ', '⌘')
})

enhance('dialog[data-palette-dialog]', (dialog) => {
  const input = dialog.querySelector('input')
  const results = dialog.querySelector('[role="listbox"]')
  const spoken = dialog.querySelector('[data-palette-status]')
  const address = dialog.dataset.searchUrl
  const known = pagesAndActions()
  let selected = 0
  let timer
  let latest

  function show(found) {
    results.replaceChildren()
    let group
    found.forEach((entry, index) => {
      if (entry.group !== group) results.append(element('div', { class: 'palette-group', role: 'presentation' }, (group = entry.group)))
      results.append(
        element('a', { class: 'palette-option', role: 'option', id: `palette-${index}`, href: entry.url, tabindex: '-1', 'aria-selected': 'false' }, icon(entry.icon || 'arrow-right'), element('span', { class: 'clip' }, entry.label), entry.hint ? element('small', {}, entry.hint) : null)
      )
    })
    if (!found.length) results.append(element('div', { class: 'palette-empty' }, text('no_results')))
    spoken.textContent = found.length ? text('results', { count: found.length }) : text('no_results')
    select(0)
  }
  const choices = () => [...results.querySelectorAll('[role="option"]')]
  function select(index) {
    const options = choices()
    if (!options.length) return input.removeAttribute('aria-activedescendant')
    selected = (index + options.length) % options.length
    options.forEach((option, place) => option.setAttribute('aria-selected', String(place === selected)))
    options[selected].scrollIntoView({ block: 'nearest' })
    input.setAttribute('aria-activedescendant', options[selected].id)
  }
  const local = (query) => known.filter(({ label }) => plain(label).includes(plain(query)))

  async function search(query) {
    const near = local(query).slice(0, query ? 6 : 14)
    show(near)
    if (!address || query.length < 1) return
    latest?.abort()
    latest = new AbortController()
    const url = new URL(address, location.href)
    url.searchParams.set('q', query)
    try {
      const answer = await getJson(url, { signal: latest.signal })
      const records = (Array.isArray(answer) ? answer : (answer.results ?? [])).map((record) => ({ group: text('records'), ...record }))
      show([...records, ...near])
    } catch (refused) {
      if (refused.name !== 'AbortError') spoken.textContent = refused.message
    }
  }

  input.addEventListener('input', () => {
    clearTimeout(timer)
    timer = setTimeout(() => search(input.value.trim()), 140)
  })
  input.addEventListener('keydown', (event) => {
    if (event.isComposing) return
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (step) {
      event.preventDefault()
      select(selected + step)
    } else if (event.key === 'Enter') {
      event.preventDefault()
      choices()[selected]?.click()
    }
  })
  results.addEventListener('click', (event) => {
    if (event.target.closest('a')) dialog.close()
  })
  dialog.addEventListener('click', (event) => {
    if (event.target === dialog) dialog.close()
  })

  function open() {
    if (dialog.open) return
    input.value = ''
    dialog.showModal()
    search('')
    input.focus()
  }
  document.addEventListener('click', (event) => {
    if (event.target.closest?.('[data-palette-open]')) open()
  })
  document.addEventListener('keydown', (event) => {
    if ((event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey && event.key.toLowerCase() === 'k') {
      event.preventDefault()
      open()
    }
  })
})
