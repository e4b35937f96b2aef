// Bundles the pages for the program: node build.mjs FOLDER FILE.cpp
// FOLDER gets the files, FILE.cpp the table of them with their bytes (by .incbin, which the assembler
// reads in no time). Asset names hold a hash of their content, so they can be cached for good.
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, extname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { pages, render } from './html.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const [folder, table] = process.argv.slice(2).map((path) => resolve(path));
const types = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
};

rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });

const { metafile } = await build({
  absWorkingDir: here,
  entryPoints: pages.map((page) => ({ in: `src/${page.name}/main.jsx`, out: page.name })),
  outdir: folder,
  bundle: true,
  format: 'esm',
  splitting: true,
  minify: true,
  target: ['es2021', 'safari15'],
  jsx: 'automatic',
  jsxImportSource: 'preact',
  entryNames: '[name]-[hash]',
  chunkNames: 'part-[hash]',
  assetNames: '[name]-[hash]',
  loader: { '.svg': 'file' },
  publicPath: '/assets/',
  define: { 'process.env.NODE_ENV': '"production"' },
  // Swagger UI comes ready-made; its file name of the whole licence texts is not ours.
  legalComments: 'none',
  metafile: true,
  logLevel: 'warning',
});

const short = (text) => createHash('sha256').update(text).digest('hex').slice(0, 16);
const add = (stem, extension, text) => {
  const name = `${stem}-${short(text).slice(0, 8).toUpperCase()}${extension}`;
  writeFileSync(join(folder, name), text);
  return name;
};

// What was bundled keeps its copyright.
function licences() {
  const packages = new Set();
  for (const input of Object.keys(metafile.inputs)) {
    const found = /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(input);
    if (found) packages.add(found[1]);
  }
  return [...packages].sort().map((name) => {
    const at = join(here, 'node_modules', name);
    const file = readdirSync(at).find((leaf) => /^licen[cs]e/i.test(leaf));
    return `==== ${name}\n\n${file ? readFileSync(join(at, file), 'utf8') : 'See its package.'}\n`;
  }).join('\n');
}

const shared = {
  icon: readdirSync(folder).find((name) => /^icon-.*[.]svg$/.test(name)),
  licences: add('licences', '.txt', licences()),
};

const assets = readdirSync(folder).sort().map((name) => ({
  path: `/assets/${name}`, type: types[extname(name)], file: join(folder, name),
}));
for (const page of pages) {
  const [bundle, output] = Object.entries(metafile.outputs).find(
    ([, out]) => out.entryPoint === `src/${page.name}/main.jsx`);
  const name = (path) => relative(folder, resolve(here, path));
  const parts = output.imports.filter((part) => part.kind === 'import-statement').map((part) => name(part.path));
  const html = render(page, { script: name(bundle), style: output.cssBundle && name(output.cssBundle), parts, ...shared });
  const file = join(folder, `${page.name}.html`);
  writeFileSync(file, html);
  assets.push({ path: page.path, type: 'text/html; charset=utf-8', file });
}

// The table.
const entries = [];
let assembler = '';
let declarations = '';
assets.forEach((asset, i) => {
  const bytes = readFileSync(asset.file);
  const zipped = gzipSync(bytes, { level: 9 });
  const gains = zipped.length < bytes.length * 0.9;
  if (gains) writeFileSync(`${asset.file}.gz`, zipped);
  const symbol = (suffix, file) => {
    assembler += `    "scrip_page_${i}${suffix}: .incbin \\"${file}\\"\\n"\n`;
    declarations += `extern const char scrip_page_${i}${suffix}[];\n`;
  };
  symbol('', asset.file);
  if (gains) symbol('_gz', `${asset.file}.gz`);
  const view = (suffix, length) => (length ? `{scrip_page_${i}${suffix}, ${length}}` : '{}');
  entries.push(`    {"${asset.path}", "${asset.type}", "${short(bytes)}", ${view('', bytes.length)}, ` +
    `${view('_gz', gains ? zipped.length : 0)}},`);
});

writeFileSync(table, `// Made by host/web/pages/build.mjs.
#include <array>

#include "web/pages.h"

asm(".pushsection .rodata\\n"
${assembler}    ".popsection\\n");

extern "C" {
${declarations}}

namespace scrip::web {

std::span<const Asset> built_assets() {
  static const std::array<Asset, ${assets.length}> assets{{
${entries.join('\n')}
  }};
  return assets;
}

}  // namespace scrip::web
`);
