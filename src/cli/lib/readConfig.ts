import type { Files } from '../../core/effects.ts';
import { AppError } from '../../core/errors.ts';
import { didYouMean } from '../../core/suggest.ts';
import { placeText, readYaml, type YamlFile } from '../../lake/readYaml.ts';
import { runKeyNames, runKeyOf } from '../../stages/lib/runKeys.ts';

/**
 * The mapping of a YAML configuration file, known keys only.
 *
 * @throws E_CONFIG with the place for anything else
 */
export async function readConfig(files: Files, file: string): Promise<YamlFile> {
  const known = `Known keys: ${runKeyNames.join(', ')}`;
  const { values, places } = await readYaml(files, file, {
    absent: 'Give --config the path of a YAML file; the flag may be repeated.',
    shape: known,
  });
  for (const key of Object.keys(values)) {
    if (runKeyOf(key) !== null) continue;
    const place = places.get(key);
    const problem = `there is no key ${key}${didYouMean(key, runKeyNames)}`;
    throw new AppError('E_CONFIG', { where: place === undefined ? file : placeText(place), problem, remedy: known, key, ...(place ?? { file }) });
  }
  return { values, places };
}
