// Writes which network interfaces are up, at a moment that only the scheduler knew.
import { appendFileSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { folder } from './place.mjs';

const at = new Date().toISOString();
const interfaces = Object.entries(networkInterfaces()).map(
  ([name, addresses = []]) => `${name} (${addresses.length})`,
);
const file = join(folder('logs'), `surprise-${at.slice(0, 10)}.log`);
appendFileSync(file, `${at} ${interfaces.join(', ')}\n`);
console.log(interfaces.join(', '));
