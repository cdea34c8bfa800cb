// Notes its attempt and process id again and again, here and in a child, and ignores SIGTERM.
// It ends when the file `until` is there, or when the directory of its notes is gone.
import { spawn } from 'node:child_process';
import { appendFileSync, existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const { notes, until } = JSON.parse(process.env.TICKWORK_INPUT);
const [role = 'script'] = process.argv.slice(2);
process.on('SIGTERM', () => {});
if (role === 'script') {
  spawn(process.execPath, [fileURLToPath(import.meta.url), 'child'], { stdio: 'ignore' });
}
setInterval(() => {
  if (existsSync(until)) process.exit(0);
  try {
    appendFileSync(notes, `${process.env.TICKWORK_ATTEMPT} ${role} ${process.pid}\n`);
  } catch {
    process.exit(1);
  }
}, 10);
