// Bundles GraphiQL and its editor's workers into dist/graphiql: the query page loads nothing from anywhere else.
import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';
import { root } from './setup.mjs';

const outdir = path.join(root, 'dist', 'graphiql');
const common = {
  absWorkingDir: root,
  bundle: true,
  minify: true,
  legalComments: 'none',
  logLevel: 'warning',
  target: 'es2022',
  define: { 'process.env.NODE_ENV': '"production"', 'globalThis.process': 'undefined' },
  loader: { '.ttf': 'file', '.woff2': 'file', '.svg': 'dataurl' },
  // GraphiQL takes prettier's parsers by their CommonJS names. As a part of its own such a module has no named exports, and prettify
  // silently did nothing: here are the same parsers as modules.
  alias: { 'prettier/parser-graphql': 'prettier/plugins/graphql', 'prettier/parser-babel': 'prettier/plugins/babel' },
};

rmSync(outdir, { recursive: true, force: true });
mkdirSync(outdir, { recursive: true });
await build({
  ...common,
  entryPoints: { index: 'src/http/graphiql/main.jsx' },
  outdir,
  format: 'esm',
  splitting: true,
  jsx: 'automatic',
  chunkNames: 'part-[hash]',
  assetNames: '[name]-[hash]',
});
await build({
  ...common,
  entryPoints: {
    'editor.worker': 'monaco-editor/esm/vs/editor/editor.worker.js',
    'json.worker': 'monaco-editor/esm/vs/language/json/json.worker.js',
    'graphql.worker': 'monaco-graphql/esm/graphql.worker.js',
  },
  outdir,
  format: 'iife',
});
