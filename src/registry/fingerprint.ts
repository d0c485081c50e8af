import { sha256 } from '../core/canonicalJson.ts';
import { AppError } from '../core/errors.ts';
import { browserScripts } from './browserScript.ts';

/** A unit file with everything it imports, as one module of plain JavaScript. */
export interface UnitBundle {
  readonly code: string;
  /** SHA-256 of the code: comments, blank lines and types do not count, any change of behavior does. */
  readonly fingerprint: string;
}

/**
 * Bundles one unit file and its imports.
 *
 * @param file absolute path of a .ts, .js or .mjs file
 * @param libraryEntry what `@perp/backtest` means inside the file
 * @throws E_UNIT_INVALID with file, line and column when the file cannot be compiled
 */
export async function bundleUnit(file: string, libraryEntry: string): Promise<UnitBundle> {
  const { build } = await import('esbuild');
  const { basename, dirname } = await import('node:path');
  try {
    const result = await build({
      entryPoints: [`./${basename(file)}`],
      absWorkingDir: dirname(file),
      bundle: true,
      platform: 'node',
      format: 'esm',
      target: 'node20',
      write: false,
      charset: 'utf8',
      legalComments: 'none',
      logLevel: 'silent',
      sourcemap: false,
      // Absolute paths would enter the comments that name each module, and so the fingerprint.
      minifyWhitespace: true,
      external: ['@duckdb/*', 'esbuild', 'undici', 'echarts', 'echarts/*', 'piscina'],
      alias: { '@perp/backtest': libraryEntry },
      plugins: [browserScripts()],
    });
    const code = result.outputFiles[0]!.text;
    return { code, fingerprint: sha256(code) };
  } catch (cause) {
    const first = (cause as { errors?: { text: string; location: { file: string; line: number; column: number } | null }[] }).errors?.[0];
    const where =
      first?.location === undefined || first.location === null ? '' : ` (line ${first.location.line}, column ${first.location.column + 1})`;
    throw new AppError('E_UNIT_INVALID', { file: basename(file), problem: `${first?.text ?? String(cause)}${where}` }, { cause });
  }
}
