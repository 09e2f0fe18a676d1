/**
 * Bundles a service: `node tools/build-service.ts services/ingest [--watch]` writes `dist/<entry>.js`.
 *
 * Entries come from the package's `hermes.entries` (default: main = src/main.ts). `@hermes/*` and what `hermes.inline` names
 * go into the bundle; other packages stay imports, so that native and lazily loaded ones keep working.
 */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { type BuildOptions, build, context, type Plugin } from 'esbuild';

interface ServicePackage {
  readonly hermes?: { readonly entries?: Readonly<Record<string, string>>; readonly inline?: readonly string[] };
}

const packageNameOf = (specifier: string): string =>
  specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');

function externalPackages(inline: ReadonlySet<string>): Plugin {
  return {
    name: 'external-packages',
    setup(builder) {
      builder.onResolve({ filter: /^[^./]/ }, ({ path, kind, resolveDir }) => {
        if (kind === 'entry-point' || path.startsWith('@hermes/') || inline.has(packageNameOf(path))) return undefined;
        // What an inlined package imports is inlined too: it may not resolve from the service's own folder.
        if (resolveDir.includes('/node_modules/') && !path.startsWith('node:')) return undefined;
        return { path, external: true };
      });
    },
  };
}

const folder = resolve(process.argv[2] ?? '.');
const { hermes = {} } = JSON.parse(readFileSync(`${folder}/package.json`, 'utf8')) as ServicePackage;
const options: BuildOptions = {
  absWorkingDir: folder,
  entryPoints: { ...(hermes.entries ?? { main: 'src/main.ts' }) },
  outdir: 'dist',
  bundle: true,
  platform: 'node',
  target: 'node24',
  format: 'esm',
  sourcemap: 'linked',
  logLevel: 'warning',
  tsconfig: `${folder}/tsconfig.json`,
  plugins: [externalPackages(new Set(hermes.inline))],
  // CommonJS inside an ESM bundle needs a `require`.
  banner: {
    js: "import { createRequire as hermesCreateRequire } from 'node:module'; const require = hermesCreateRequire(import.meta.url);",
  },
};

if (process.argv.includes('--watch')) {
  await (await context(options)).watch();
} else {
  await build(options);
}
