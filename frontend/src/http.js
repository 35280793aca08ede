// Talking to our own server: CSRF on every write, JSON answers, refusals as sentences.
import { text } from './text.js'

export class Refused extends Error {
  constructor(status, sentence, details = {}) {
    super(sentence)
    this.status = status
    this.details = details
  }
}

export const csrfToken = () => document.querySelector('meta[name="csrf-token"]')?.content ?? ''

/** A sentence for a status the server gave no words for. */
export function sentenceFor(status) {
  const known = { 0: 'offline', 400: 'bad_request', 401: 'signed_out', 403: 'not_allowed', 404: 'not_found', 409: 'stale', 413: 'too_large', 422: 'refused', 429: 'too_many' }
  return text(known[status] ?? 'failed')
}

async function answer(request) {
  let response
  try {
    response = await request
  } catch (error) {
    if (error.name === 'AbortError') throw error
    throw new Refused(0, sentenceFor(0))
  }
  const isJson = response.headers.get('Content-Type')?.includes('application/json')
  const body = isJson ? await response.json() : {}
  if (!response.ok) throw new Refused(response.status, body.message ?? sentenceFor(response.status), body)
  return body
}

export function getJson(url, options = {}) {
  return answer(fetch(url, { headers: { Accept: 'application/json' }, credentials: 'same-origin', ...options }))
}

export function post(url, values) {
  const body = values instanceof FormData ? values : new URLSearchParams(values)
  return answer(fetch(url, { method: 'POST', body, credentials: 'same-origin', headers: { Accept: 'application/json', 'X-CSRFToken': csrfToken() } }))
}
