// Packs the readings that no earlier upload holds into one compressed, dated file. Doing it
// twice for the same run makes the same file, and a file is either whole or not there.
import { existsSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { folder } from './place.mjs';

const run = process.env.TICKWORK_RUN_ID ?? 'by-hand';
const due = process.env.TICKWORK_SCHEDULED_AT ?? new Date().toISOString();
const readings = folder('readings');
const upload = folder('upload');
const name = `readings-${due.replaceAll(/[:.]/g, '')}-${run.replaceAll(/[^\w-]/g, '_')}.jsonl.gz`;

function linesOf(text) {
  return text.split('\n').filter((line) => line !== '');
}

if (existsSync(join(upload, name))) {
  console.log(
    JSON.stringify({ file: name, readings: 0, note: 'was uploaded by an earlier attempt' }),
  );
} else {
  const sent = new Set();
  for (const file of readdirSync(upload).filter((each) => each.endsWith('.jsonl.gz'))) {
    for (const line of linesOf(gunzipSync(readFileSync(join(upload, file))).toString()))
      sent.add(line);
  }
  const fresh = readdirSync(readings)
    .filter((file) => file.endsWith('.jsonl'))
    .sort()
    .flatMap((file) => linesOf(readFileSync(join(readings, file), 'utf8')))
    .filter((line) => !sent.has(line));
  if (fresh.length > 0) {
    const part = join(upload, `.${name}.part`);
    writeFileSync(part, gzipSync(`${fresh.join('\n')}\n`));
    renameSync(part, join(upload, name));
  }
  console.log(JSON.stringify({ file: fresh.length > 0 ? name : null, readings: fresh.length }));
}
