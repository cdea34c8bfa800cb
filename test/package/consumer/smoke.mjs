// Runs in a directory that holds nothing but the packed library, on each promised Node.js.
import * as tickwork from 'tickwork';
import * as memory from 'tickwork/memory';
import * as sqlite from 'tickwork/sqlite';
import * as testing from 'tickwork/testing';

for (const [name, module] of Object.entries({ tickwork, memory, sqlite, testing })) {
  if (Object.keys(module).length === 0) throw new Error(`${name} exports nothing`);
}
console.log('smoke ok');
