// Every entry of the package can be imported by itself.
for (const entry of ['tickwork', 'tickwork/memory', 'tickwork/sqlite', 'tickwork/testing']) {
  const module = await import(entry);
  if (Object.keys(module).length === 0) throw new Error(`${entry} exports nothing`);
}
console.log('entries ok');
