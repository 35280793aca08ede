// "Add filter": field → how → value. The fields and what can be asked of each come from the server as JSON:
// {name, label, kind, operators: [[key, label, needs a value]], options: [[key, label]], picker}.
import { element } from './element.js'
import { enhance } from './enhance.js'
import { text } from './text.js'

const NUMBERS = new Set(['integer', 'decimal', 'money', 'percent'])

function options(pairs) {
  return pairs.map(([value, label]) => element('option', { value }, label))
}

/** The control in which the value of one kind of field is entered. */
function valueControl(field, operator) {
  const basics = { class: 'form-control', id: 'filter-value', name: 'value', autocomplete: 'off' }
  if (field.options.length) {
    const many = operator === 'in'
    return element('select', { ...basics, class: 'form-select', multiple: many, 'data-select': many || field.options.length > 8 }, ...options(field.options))
  }
  if (field.picker) return element('select', { ...basics, class: 'form-select', 'data-picker': field.picker, multiple: operator === 'in' })
  if (field.kind === 'date' || field.kind === 'datetime') return element('input', { ...basics, type: 'text', 'data-date': true, inputmode: 'numeric', placeholder: 'YYYY-MM-DD' })
  if (NUMBERS.has(field.kind)) return element('input', { ...basics, type: 'number', step: 'any' })
  return element('input', { ...basics, type: 'text', maxlength: 200 })
}

enhance('form[data-filter-panel]', (panel) => {
  const fields = JSON.parse(document.querySelector(panel.dataset.filterPanel).textContent)
  const field = panel.querySelector('[data-filter-field]')
  const operator = panel.querySelector('[data-filter-operator]')
  const place = panel.querySelector('[data-filter-value]')
  const chosen = () => fields.find(({ name }) => name === field.value) ?? fields[0]

  function showValue() {
    const without = !chosen().operators.find(([key]) => key === operator.value)[2]
    place.closest('.field').hidden = without
    place.replaceChildren(...(without ? [] : [valueControl(chosen(), operator.value)]))
    if (!without) place.firstElementChild.dispatchEvent(new CustomEvent('htmx:load', { bubbles: true, detail: { elt: place } }))
  }
  function showOperators() {
    operator.replaceChildren(...options(chosen().operators))
    showValue()
  }
  field.append(...options(fields.map(({ name, label }) => [name, label])))
  field.addEventListener('change', showOperators)
  operator.addEventListener('change', showValue)
  showOperators()

  panel.addEventListener('submit', (event) => {
    event.preventDefault()
    const control = place.querySelector('[name="value"]')
    const value = control?.multiple ? [...control.selectedOptions].map((option) => option.value).join(',') : (control?.value.trim() ?? '')
    if (control && !value) {
      control.setCustomValidity?.(text('filter_needs_value'))
      control.reportValidity?.()
      control.addEventListener('input', () => control.setCustomValidity(''), { once: true })
      return
    }
    const address = new URL(panel.action)
    address.search = location.search
    for (const gone of ['after', 'before']) address.searchParams.delete(gone)
    address.searchParams.append(panel.dataset.filterParameter, [field.value, operator.value, ...(value ? [value] : [])].join(':'))
    location.assign(address)
  })
})
