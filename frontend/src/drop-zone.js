// A large place to drop a file on; it is an ordinary file input underneath.
import { enhance } from './enhance.js'

enhance('.drop-zone', (zone) => {
  const input = zone.querySelector('input[type="file"]')
  const name = zone.querySelector('[data-file-name]')
  for (const kind of ['dragenter', 'dragover']) zone.addEventListener(kind, () => zone.classList.add('is-over'))
  for (const kind of ['dragleave', 'drop']) zone.addEventListener(kind, () => zone.classList.remove('is-over'))
  input.addEventListener('change', () => {
    name.textContent = [...input.files].map((file) => file.name).join(', ')
    zone.classList.toggle('has-file', input.files.length > 0)
  })
})
