// Brings the locked packages into node_modules: for a program, only what it needs to run; for
// everything else, all of them. Plain JavaScript for any Node from 18 on, without dependencies,
// because it runs before anything is installed. It prints to stderr only.

import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { npmCommand, root, say } from './setup.mjs';

/**
 * What the command needs to run, or the tools as well.
 * @typedef {'run' | 'all'} Need
 *
 * @typedef {{ version?: string, integrity?: string, dev?: boolean }} LockEntry
 *
 * A package-lock.json, or npm's own record of what it installed.
 * @typedef {{ packages: Record<string, LockEntry> }} Lock
 */

/** How often a terminal, and how often a log, is told how far the installation is. */
const progressMs = process.stderr.isTTY ? 250 : 4000;

function readJson(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}

function readLock() {
  const lock = readJson(join(root, 'package-lock.json'));
  if (lock === undefined) throw new Error('package-lock.json is missing or damaged');
  return lock;
}

/** npm's own record of what it put into node_modules; npm writes it last. */
function readInstalled() {
  return readJson(join(root, 'node_modules', '.package-lock.json'));
}

const isTool = ([, entry]) => entry.dev === true;

/** The entries of a lock file that `need` asks for: 'run' leaves the development tools out. */
function entriesFor(need, packages) {
  return Object.entries(packages).filter(
    ([path, entry]) => path.includes('node_modules/') && (need === 'all' || !isTool([path, entry])),
  );
}

/**
 * Tells whether what `need` ('run' or 'all') asks for is in place, by comparing the lock with
 * npm's record. An interrupted installation never counts as finished; `npm ci` or `npm install`
 * by hand counts without being repeated.
 *
 * @type {(need: Need, lock: Lock, installed: Lock | undefined) => boolean}
 */
export function isInstalled(need, lock, installed) {
  if (installed === undefined) return false;
  return entriesFor(need, lock.packages).every(([path, wanted]) => {
    const found = installed.packages[path];
    if (found === undefined) return wanted.optional === true;
    return found.version === wanted.version && found.integrity === wanted.integrity;
  });
}

/**
 * The arguments of npm. What is installed already stays in place where it fits the lock: an
 * engine may be running on it. Tools that are there are kept up to date, not removed.
 *
 * @type {(need: Need, installed: Lock | undefined) => string[]}
 */
export function installArguments(need, installed) {
  const all =
    need === 'all' || (installed !== undefined && Object.entries(installed.packages).some(isTool));
  const command = installed === undefined ? ['ci'] : ['install', '--no-save'];
  const options = ['--include=optional', '--no-audit', '--no-fund', '--no-progress'];
  // The log level hides npm's engine warnings: the Node that runs npm here may be an old one.
  return [...command, all ? '--include=dev' : '--omit=dev', ...options, '--loglevel=error'];
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/** Runs `work` while no other process of this checkout installs. A dead owner is ignored. */
async function withInstallLock(work) {
  const lock = join(root, '.cache', 'install.pid');
  mkdirSync(dirname(lock), { recursive: true });
  for (let told = false; ; await new Promise((resolve) => setTimeout(resolve, 100))) {
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
    return await work();
  } finally {
    rmSync(lock, { force: true });
  }
}

function fitsPlatform(entry) {
  const fits = (list, value) => list === undefined || list.includes(value);
  return fits(entry.os, process.platform) && fits(entry.cpu, process.arch);
}

/**
 * One line on how far npm is, from the packages that have reached node_modules.
 *
 * @type {(paths: string[], isThere: (path: string) => boolean, seconds: number) => string}
 */
export function progressLine(paths, isThere, seconds) {
  const missing = paths.filter((path) => !isThere(path));
  const count = `${paths.length - missing.length} of ${paths.length} packages, ${seconds} s`;
  const last = missing[0]?.replace(/^.*node_modules\//, '');
  return missing.length === 1 ? `${count}; waiting for ${last}` : count;
}

/** Shows the progress until the returned function is called. */
function showProgress(need, lock) {
  const paths = entriesFor(need, lock.packages)
    .filter(([, entry]) => entry.link !== true && fitsPlatform(entry))
    .map(([path]) => path);
  const isThere = (path) => existsSync(join(root, path, 'package.json'));
  const startedMs = performance.now();
  const seconds = () => Math.round((performance.now() - startedMs) / 1000);
  const clear = process.stderr.isTTY ? '\r\u001b[K' : '';
  const end = process.stderr.isTTY ? '' : '\n';
  const timer = setInterval(() => {
    process.stderr.write(`${clear}tickwork: ${progressLine(paths, isThere, seconds())}${end}`);
  }, progressMs);
  return () => {
    clearInterval(timer);
    process.stderr.write(clear);
    say(`the installation took ${seconds()} s`);
  };
}

async function install(need) {
  const lock = readLock();
  const installed = readInstalled();
  if (isInstalled(need, lock, installed)) return 0;
  const what = need === 'run' ? 'what the command needs' : 'the locked packages';
  say(`installing ${what} (once; Node.js ${process.versions.node} runs npm) …`);
  const npm = npmCommand();
  const stop = showProgress(need, lock);
  const status = await new Promise((resolve) => {
    const child = spawn(npm.file, [...npm.args, ...installArguments(need, installed)], {
      cwd: root,
      env: { ...process.env, NODE_ENV: 'development' },
      stdio: ['ignore', 2, 2],
      shell: npm.shell,
    });
    child.on('error', (error) => {
      say(`could not start npm: ${error.message}`);
      resolve(1);
    });
    child.on('exit', (code) => resolve(code ?? 1));
  });
  stop();
  return status;
}

/** Installs what `need` asks for: 'run' for a program, 'all' for tests and tools. */
export async function ensureInstalled(need) {
  if (isInstalled(need, readLock(), readInstalled())) return;
  const status = await withInstallLock(() => install(need));
  if (status === 0) return;
  say('npm failed; see its message above. It needs the npm registry once.');
  process.exit(status);
}
