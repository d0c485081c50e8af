// Preloaded into runs by the lock tests: notes every acquisition and release of a lake's lock in one log file.
import { appendFileSync } from 'node:fs';
import fs from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';

const { link, rm } = fs;
const note = (event) => appendFileSync(process.env.LOCK_OBSERVED, `${event} ${process.pid}\n`);
const isLock = (path) => String(path).endsWith('/.lock');

fs.link = async (from, to) => {
  await link(from, to);
  if (isLock(to)) note('acquire');
};
fs.rm = async (path, options) => {
  if (isLock(path)) note('release');
  await rm(path, options);
};
syncBuiltinESMExports();
