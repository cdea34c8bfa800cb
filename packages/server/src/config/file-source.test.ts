import { expect, it } from 'vitest';
import { fileSource } from './file-source.ts';

it.each([
  ['/srv/app/tickwork.yaml', '/srv/app/.tickwork/tickwork.db', '../tickwork.yaml'],
  ['/copy/app/tickwork.yaml', '/copy/app/.tickwork/tickwork.db', '../tickwork.yaml'],
  ['/srv/app/tickwork.yaml', '/var/lib/tickwork.db', '../../srv/app/tickwork.yaml'],
])('%s with the store %s is %s', (file, store, id) => {
  expect(fileSource({ file, settings: { store } as never })).toEqual({ kind: 'file', id });
});
