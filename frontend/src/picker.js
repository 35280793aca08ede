// Choosing one or more records out of any number: only the chosen ones are in the page, the rest is searched on the server.
import TomSelect from 'tom-select/base'
import clearButton from 'tom-select/plugins/clear_button/plugin.js'
import removeButton from 'tom-select/plugins/remove_button/plugin.js'
import { getJson } from './http.js'
import { text } from './text.js'
import { toast } from './toasts.js'

TomSelect.define('clear_button', clearButton)
TomSelect.define('remove_button', removeButton)

function line({ text: name, hint }, escape) {
  return `<div class="option">${escape(name)}${hint ? `<small>${escape(hint)}</small>` : ''}</div>`
}

/** Each search replaces the one before: the server decides what matches (pinyin, phone, number), not the browser. */
const forgetFound = (control) => control.clearOptions((option) => control.items.includes(String(option.id)))

function searchAt(address) {
  let latest
  return async function search(query, show) {
    latest?.abort()
    latest = new AbortController()
    const url = new URL(address, location.href)
    url.searchParams.set('q', query)
    try {
      const found = await getJson(url, { signal: latest.signal })
      if (query.trim() !== this.inputValue().trim()) return show()
      forgetFound(this)
      show(found)
    } catch (refused) {
      show()
      if (refused.name !== 'AbortError') toast(refused.message, 'danger')
    }
  }
}

function plugins(select) {
  if (select.multiple) return { remove_button: { title: text('remove') } }
  return select.required || select.dataset.clearable === 'no' ? {} : { clear_button: { title: text('clear') } }
}

export function picker(select) {
  const remote = select.dataset.picker
  const settings = {
    plugins: plugins(select),
    valueField: remote ? 'id' : 'value',
    labelField: 'text',
    searchField: remote ? [] : ['text'],
    placeholder: select.dataset.placeholder || text(remote ? 'type_to_search' : 'choose'),
    hidePlaceholder: true,
    maxOptions: remote ? 50 : 500,
    closeAfterSelect: !select.multiple,
    allowEmptyOption: false,
    refreshThrottle: 0,
    render: {
      option: line,
      item: ({ text: name }, escape) => `<div>${escape(name)}</div>`,
      no_results: () => `<div class="no-results">${text('no_results')}</div>`,
      loading: () => `<div class="hint-line">${text('searching')}</div>`,
      not_loading: () => null
    }
  }
  if (remote) Object.assign(settings, { load: searchAt(remote), loadThrottle: 180, shouldLoad: () => true, preload: 'focus', score: () => () => 1, sortField: [{ field: '$order' }] })
  const control = new TomSelect(select, settings)
  // The label now belongs to the box that people see; the select only carries the value.
  select.setAttribute('aria-hidden', 'true')
  if (remote) {
    control.on('type', () => forgetFound(control))
    control.on('load', () => control.refreshOptions(control.isFocused))
  }
  if (select.getAttribute('aria-describedby')) control.control_input.setAttribute('aria-describedby', select.getAttribute('aria-describedby'))
  control.on('change', () => control.blur())
  return control
}
