import { Output } from './output.ts';
import { runProgram } from './program.ts';
import { languageOf } from './text.ts';

const argv = process.argv.slice(2);
const words = argv.includes('--') ? argv.slice(0, argv.indexOf('--')) : argv;
const out = new Output({
  json: words.includes('--json'),
  stdout: process.stdout,
  stderr: process.stderr,
  variables: process.env,
});

// `tickwork runs ls | head` ends early: that is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  process.exit(error.code === 'EPIPE' ? 0 : 1);
});

process.exitCode = await runProgram(argv, {
  out,
  language: languageOf(words, process.env),
  variables: process.env,
});
