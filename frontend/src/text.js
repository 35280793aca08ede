// Texts for people, translated by the server into the page.
const texts = JSON.parse(document.getElementById('i18n')?.textContent ?? '{}')

/** The translated text of a key, with {placeholders} filled in. */
export function text(key, values = {}) {
  return (texts[key] ?? key).replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole)
}

export const language = document.documentElement.lang || 'en'
