// Builds the browser bundle into app/static/dist: hashed scripts and styles, one icon sprite,
// and manifest.json, which tells the server the hashed name of each logical one.
import { createHash } from 'node:crypto'
import { mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { dirname, extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import { build } from 'esbuild'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const output = join(root, 'app/static/dist')
const development = process.argv.includes('--development')

const entries = ['frontend/src/app.js', 'frontend/src/charts.js', 'frontend/src/board.js']
const bootEntry = 'frontend/src/boot.js'

const shared = {
  absWorkingDir: root,
  outdir: output,
  bundle: true,
  metafile: true,
  minify: !development,
  sourcemap: development ? 'inline' : false,
  legalComments: 'none',
  charset: 'utf8',
  // Chromium 111 is what the office browsers of the last years are built on.
  target: ['chrome111', 'firefox113', 'safari16.4'],
  entryNames: '[name]-[hash]',
  chunkNames: 'part-[hash]',
  logLevel: 'warning'
}

async function bundleScripts() {
  const modules = await build({
    ...shared,
    entryPoints: entries,
    format: 'esm',
    splitting: true
  })
  // The boot script runs before the first paint, so it may not be a (deferred) module.
  const boot = await build({ ...shared, entryPoints: [bootEntry], format: 'iife' })
  return { ...modules.metafile.outputs, ...boot.metafile.outputs }
}

function logicalNames(outputs) {
  const manifest = {}
  for (const [path, { entryPoint, cssBundle }] of Object.entries(outputs)) {
    if (![...entries, bootEntry].includes(entryPoint) || extname(path) !== '.js') continue
    const name = entryPoint.split('/').pop().replace('.js', '')
    manifest[`${name}.js`] = path.split('/').pop()
    if (cssBundle) manifest[`${name}.css`] = cssBundle.split('/').pop()
  }
  return manifest
}

async function filesBelow(folder, extensions) {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true }).catch(() => [])
  return entries
    .filter((entry) => entry.isFile() && extensions.includes(extname(entry.name)))
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
}

// Icons named literally in templates, views and scripts are found; those chosen at run time are listed in icons.json.
async function iconsInUse() {
  const names = new Map(JSON.parse(await readFile(join(root, 'frontend/icons.json'), 'utf8')).map((name) => [name, 'frontend/icons.json']))
  const literal = /\bicon(?:\(|=|:|["']\s*:)\s*["']([a-z][a-z0-9-]+)["']/g
  const sources = [...(await filesBelow(join(root, 'app'), ['.html', '.py'])), ...(await filesBelow(join(root, 'frontend/src'), ['.js']))]
  for (const file of sources) {
    for (const [, name] of (await readFile(file, 'utf8')).matchAll(literal)) if (!names.has(name)) names.set(name, file)
  }
  return [...names].sort(([a], [b]) => a.localeCompare(b))
}

async function iconSprite() {
  const symbols = []
  for (const [name, usedIn] of await iconsInUse()) {
    const source = join(root, 'node_modules/@tabler/icons/icons/outline', `${name}.svg`)
    const svg = await readFile(source, 'utf8').catch(() => null)
    if (svg === null) {
      console.warn(`No icon is called "${name}" (used in ${usedIn.replace(`${root}/`, '')})`)
      continue
    }
    const shapes = svg.slice(svg.indexOf('>') + 1, svg.lastIndexOf('</svg>')).replace(/<path stroke="none" d="M0 0h24v24H0z" fill="none" \/>/, '')
    symbols.push(`<symbol id="${name}" viewBox="0 0 24 24">${shapes.replace(/\s+/g, ' ').trim()}</symbol>`)
  }
  const sprite = `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join('')}</svg>\n`
  const file = `icons-${createHash('sha256').update(sprite).digest('hex').slice(0, 8)}.svg`
  await writeFile(join(output, file), sprite)
  return file
}

async function compress(file) {
  const content = await readFile(join(output, file))
  const brotli = await promisify(brotliCompress)(content, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } })
  await writeFile(join(output, `${file}.gz`), await promisify(gzip)(content, { level: 9 }))
  await writeFile(join(output, `${file}.br`), brotli)
}

async function removeStale(current) {
  const keep = new Set(current.flatMap((file) => [file, `${file}.gz`, `${file}.br`]).concat('manifest.json'))
  for (const file of await readdir(output)) if (!keep.has(file)) await rm(join(output, file), { recursive: true })
}

await mkdir(output, { recursive: true })
const [outputs, sprite] = await Promise.all([bundleScripts(), iconSprite()])
const manifest = { ...logicalNames(outputs), 'icons.svg': sprite }
const files = [...Object.keys(outputs).map((path) => path.split('/').pop()), sprite]
if (!development) await Promise.all(files.map(compress))
await writeFile(join(output, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`)
await removeStale(files)
