// Attaches behaviour to markup, on the first page and on everything htmx brings in later.
const behaviours = []
const done = new WeakMap()

function apply({ selector, attach }, root) {
  const found = [...root.querySelectorAll(selector)]
  if (root.matches?.(selector)) found.unshift(root)
  for (const element of found) {
    const attached = done.get(element) ?? new Set()
    if (attached.has(attach)) continue
    attached.add(attach)
    done.set(element, attached)
    attach(element)
  }
}

/** Run `attach(element)` once for every element that matches, now and in the future. */
export function enhance(selector, attach) {
  const behaviour = { selector, attach }
  behaviours.push(behaviour)
  if (document.readyState !== 'loading') apply(behaviour, document.documentElement)
}

function applyAll(root) {
  for (const behaviour of behaviours) apply(behaviour, root)
}

document.addEventListener('DOMContentLoaded', () => applyAll(document.documentElement))
document.addEventListener('htmx:load', (event) => applyAll(event.detail.elt))
