/**
 * `npm run build`: what is published, in dist/ (or the folder given as the first argument). One ES module for each
 * command and for what several share, loaded when they are meant; `dist/cli.js` needs no node_modules beside it. The
 * data (images/, extension-sets/, ...) stands beside dist, where src/cli/checkout.ts finds it as it does in a checkout.
 */
import { chmod, copyFile, rm, stat, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join, resolve as resolvePath } from 'node:path';
import { build } from 'esbuild';

const root = import.meta.dirname;
const dist = resolvePath(root, process.argv[2] ?? 'dist');
const packageFile = createRequire(import.meta.url).resolve;

await rm(dist, { recursive: true, force: true });
const { metafile } = await build({
  absWorkingDir: root,
  entryPoints: { cli: 'src/cli/mwpipe.ts' },
  outdir: dist,
  chunkNames: 'chunks/[name]-[hash]',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node24',
  legalComments: 'linked', // not minified: a stack in a bug report must name a line
  metafile: true,
  logLevel: 'warning',
  plugins: [withoutNativeAddons()],
  // Dependencies in CommonJS call require(), __dirname and __filename; a module has none of them.
  banner: {
    js: [
      "import { createRequire as __createRequire } from 'node:module';",
      'const require = __createRequire(import.meta.url), __dirname = import.meta.dirname, __filename = import.meta.filename;',
    ].join('\n'),
  },
});
await copyFile(packageFile('web-tree-sitter/web-tree-sitter.wasm'), join(dist, 'chunks', 'web-tree-sitter.wasm'));
await copyFile(packageFile('tree-sitter-php/tree-sitter-php.wasm'), join(dist, 'chunks', 'tree-sitter-php.wasm'));
await writeFile(join(dist, 'meta.json'), JSON.stringify(metafile));
await chmod(join(dist, 'cli.js'), 0o755);
await say();

/** ssh2 and cpu-features try a compiled addon and go on without it: let them. */
function withoutNativeAddons() {
  return {
    name: 'without-native-addons',
    setup(context) {
      context.onResolve({ filter: /\.node$|^cpu-features$/ }, ({ path }) => ({ path, namespace: 'native-addon' }));
      context.onLoad({ filter: /.*/, namespace: 'native-addon' }, ({ path }) => ({
        contents: `throw Object.assign(new Error('no native addon in this build: ' + ${JSON.stringify(path)}), { code: 'MODULE_NOT_FOUND' });`,
        loader: 'js',
      }));
    },
  };
}

async function say() {
  const outputs = Object.entries(metafile.outputs).filter(([file]) => file.endsWith('.js'));
  const bytes = outputs.reduce((sum, [, { bytes: one }]) => sum + one, 0);
  const entry = (await stat(join(dist, 'cli.js'))).size;
  process.stdout.write(
    `dist: ${outputs.length} modules, ${(bytes / 1e6).toFixed(1)} MB; cli.js ${(entry / 1e3).toFixed(1)} kB\n`,
  );
}
