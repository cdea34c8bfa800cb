#!/usr/bin/env node
// Plain ES2020 without imports: an old Node must be able to read this file, to be told what to do.
const found = process.versions.node;
if (Number(found.split('.')[0]) < 24) {
  const args = process.argv.slice(2).join(' ') || '--help';
  process.stderr.write(
    `tickwork: needs Node.js 24 or newer, but this is Node.js ${found}.\n` +
      'Install a newer Node.js, or let npm fetch one for this command only:\n' +
      `  npx -y -p node@26 -p @tickwork/server tickwork ${args}\n`,
  );
  process.exitCode = 1;
} else {
  import('../dist/cli/main.js').catch((error) => {
    process.stderr.write(`tickwork: could not start: ${error?.stack ?? error}\n`);
    process.exitCode = 1;
  });
}
