// data-choose="#select" data-value="x": one click takes a suggestion into a choice, whatever draws that choice.
document.addEventListener('click', (event) => {
  const button = event.target.closest?.('[data-choose]')
  const select = button && document.querySelector(button.dataset.choose)
  if (!select) return
  if (select.tomselect) select.tomselect.setValue(button.dataset.value)
  else {
    select.value = button.dataset.value
    select.dispatchEvent(new Event('change', { bubbles: true }))
  }
})
