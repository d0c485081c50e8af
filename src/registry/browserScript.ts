import { relative, resolve } from 'node:path';
import type { Plugin } from 'esbuild';

/**
 * `import code from 'script:./client/page.ts'` is the text of that module, bundled for browsers with everything it
 * imports. So pages carry their scripts, and the fingerprint of whatever imports the text covers the browser's code.
 */
const prefix = 'script:';

/** One bundle per file: its code cannot change while this process lives. */
const bundles = new Map<string, Promise<string>>();

/** The text of one browser script: minified, without exports, license comments kept; the same bytes for the same sources. */
export function bundleScript(file: string): Promise<string> {
  let bundle = bundles.get(file);
  if (bundle === undefined) bundles.set(file, (bundle = bundleFor(file)));
  return bundle;
}

async function bundleFor(file: string): Promise<string> {
  const { build } = await import('esbuild');
  const result = await build({
    entryPoints: [file],
    bundle: true,
    platform: 'browser',
    format: 'iife',
    target: 'es2022',
    minify: true,
    charset: 'utf8',
    legalComments: 'inline',
    logLevel: 'silent',
    write: false,
  });
  return result.outputFiles[0]!.text.trim();
}

/** For esbuild: makes such imports modules whose default export is the text. */
export function browserScripts(): Plugin {
  return {
    name: 'browser-scripts',
    setup(build) {
      // Bundles name modules in comments: relative to the build, so that no path of a machine gets into one.
      const root = build.initialOptions.absWorkingDir ?? process.cwd();
      build.onResolve({ filter: /^script:/ }, ({ path, resolveDir }) => {
        const file = resolve(resolveDir, path.slice(prefix.length));
        return { path: relative(root, file), namespace: 'browser-script', pluginData: file };
      });
      build.onLoad({ filter: /.*/, namespace: 'browser-script' }, async ({ pluginData }) => ({
        contents: await bundleScript(pluginData as string),
        loader: 'text',
      }));
    },
  };
}
