import { Output } from './output.ts';
import { ProcessStream } from './process-stream.ts';
import { runProgram } from './program.ts';
import { languageOf } from './text.ts';

/** Output could not be written. Source: EX_IOERR of sysexits.h. */
const OUTPUT_EXIT = 74;

const argv = process.argv.slice(2);
const words = argv.includes('--') ? argv.slice(0, argv.indexOf('--')) : argv;
const stdout = new ProcessStream(process.stdout);
const stderr = new ProcessStream(process.stderr);
const variables = process.env;
const out = new Output({ json: words.includes('--json'), stdout, stderr, variables });

let status = await runProgram(argv, { out, language: languageOf(words, variables), variables });

const isFlushed = (await stdout.flush()) && (await stderr.flush());
if (stdout.failure !== null && !stdout.isLossy) {
  stderr.write(`tickwork: standard output could not be written (${stdout.failure})\n`);
  // A status of the command's own says more.
  if (status === 0) status = OUTPUT_EXIT;
}
process.exitCode = status;
// What a stalled reader has not taken would keep the process alive.
if (!isFlushed) process.exit();
