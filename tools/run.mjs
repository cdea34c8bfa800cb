// Runs a program of this checkout on the locked Node, whatever Node started this file:
//   node tools/run.mjs [node options] <path from the checkout's root> [arguments]
//   node tools/run.mjs npm [arguments]
// It installs first where that is needed; nothing is built, as Node runs the TypeScript sources.
// The working directory stays the caller's, stdout belongs to the program alone, and its exit
// status or signal becomes ours.

import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ensureInstalled } from './install.mjs';
import { childEnv, findNode, npmCommand, root, say } from './setup.mjs';

const windows = process.platform === 'win32';

/** Where Node keeps the sources it has stripped and compiled: the next start takes half as long. */
const compileCache = { NODE_COMPILE_CACHE: join(root, '.cache', 'compile') };

function commandLine(node, words, at) {
  const program = words[at];
  const args = words.slice(at + 1);
  if (program === 'npm') {
    const npm = npmCommand(node);
    return { file: npm.file, args: [...npm.args, ...args], shell: npm.shell };
  }
  return { file: node, args: [...words.slice(0, at), join(root, program), ...args], shell: false };
}

/** Passes signals on, exactly once each, and ends the child when npm is gone. */
function linkLives(child) {
  let ending = false;
  const forward = (signal) => {
    ending ||= signal !== 'SIGUSR2';
    child.kill(signal);
  };
  // A terminal delivers Ctrl-C to the whole group: the child has it already, and a second one
  // would read as "stop at once".
  process.on('SIGINT', () => {
    if (!process.stdin.isTTY) forward('SIGINT');
  });
  for (const signal of windows ? ['SIGTERM'] : ['SIGTERM', 'SIGHUP', 'SIGUSR2']) {
    process.on(signal, forward);
  }
  // A killed npm sends us nothing and may leave its shell, our parent, behind. Started by hand,
  // the parent may well leave on purpose (`nohup … &`).
  if (process.env.npm_lifecycle_event === undefined) return;
  const started = ancestors();
  setInterval(() => {
    if (ancestors() !== started && !ending) forward('SIGTERM');
  }, 250).unref();
}

/** Our parent and, where the system tells, its parent. */
function ancestors() {
  try {
    const stat = readFileSync(`/proc/${process.ppid}/stat`, 'utf8');
    const [, grandparent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return `${process.ppid} ${grandparent}`;
  } catch {
    return `${process.ppid}`;
  }
}

const words = process.argv.slice(2);
const at = words.findIndex((word) => !word.startsWith('-'));
if (at < 0) {
  say('usage: node tools/run.mjs [node options] <program> [arguments]');
  process.exit(64);
}
// The command of the service runs without the tools that check, test and build it.
const isCommand = words[at].startsWith('packages/server/');
await ensureInstalled(isCommand ? 'run' : 'all');
const node = findNode();
const command = commandLine(node, words, at);
const child = spawn(command.file, command.args, {
  stdio: 'inherit',
  env: { ...(isCommand && compileCache), ...childEnv(node) },
  shell: command.shell,
});
linkLives(child);
child.on('error', (error) => {
  say(`could not start ${command.file}: ${error.message}`);
  process.exitCode = 1;
});
child.on('exit', (code, signal) => {
  if (signal === null) process.exit(code);
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
});
