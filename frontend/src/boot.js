// Before the first paint: people who never chose a theme get the one their system uses.
if (document.documentElement.dataset.bsTheme === 'auto') {
  const dark = window.matchMedia('(prefers-color-scheme: dark)').matches
  document.documentElement.dataset.bsTheme = dark ? 'dark' : 'light'
}
