// Reads the lock files and refuses what we could not publish or reproduce: a licence that is
// not permissive, an entry without a hash, an entry that names where it was downloaded.

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

interface LockEntry {
  readonly version?: string;
  readonly license?: string;
  readonly integrity?: string;
  readonly resolved?: string;
  readonly link?: boolean;
  readonly dev?: boolean;
}

const permissive = ['MIT', 'MIT-0', 'ISC', '0BSD', 'BSD-2-Clause', 'BSD-3-Clause'].concat([
  'Apache-2.0',
  'BlueOak-1.0.0',
  'CC0-1.0',
  'Unlicense',
  'Python-2.0',
  'WTFPL',
]);
/** Weak copyleft is fine in a tool that we do not ship. */
const permissiveInTools = [...permissive, 'MPL-2.0', 'CC-BY-4.0'];

/** SPDX: a choice needs one acceptable side, a conjunction needs both. */
function isAllowed(expression: string, allowed: readonly string[]): boolean {
  return expression
    .replace(/[()]/g, '')
    .split(' OR ')
    .some((side) => side.split(' AND ').every((name) => allowed.includes(name.trim())));
}

export function lockProblems(packages: Readonly<Record<string, LockEntry>>): string[] {
  const problems: string[] = [];
  for (const [path, entry] of Object.entries(packages)) {
    if (!path.includes('node_modules/') || entry.link === true) continue;
    const name = `${path} ${entry.version ?? '(no version)'}`;
    const allowed = entry.dev === true ? permissiveInTools : permissive;
    if (entry.license === undefined || !isAllowed(entry.license, allowed)) {
      problems.push(`${name}: licence ${entry.license ?? 'missing'} is not on the list`);
    }
    if (entry.integrity === undefined) problems.push(`${name}: has no integrity hash`);
    if (entry.resolved !== undefined) problems.push(`${name}: names a download address`);
  }
  return problems;
}

if (import.meta.main) {
  for (const lock of ['package-lock.json', 'test/package/node-24/package-lock.json']) {
    const path = fileURLToPath(new URL(`../${lock}`, import.meta.url));
    const problems = lockProblems(JSON.parse(readFileSync(path, 'utf8')).packages);
    for (const problem of problems) console.log(`${lock}: ${problem}`);
    if (problems.length > 0) process.exitCode = 1;
  }
}
