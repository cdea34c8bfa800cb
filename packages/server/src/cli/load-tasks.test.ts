import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { LoadedConfig } from '../config/load-config.ts';
import { parseConfig } from '../config/load-config.ts';
import { loadTasks, withoutHandler } from '../config/load-tasks.ts';
import { formatProblem } from '../config/problem.ts';
import { dryScheduler } from './dry-scheduler.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'tickwork-tasks-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

function configWith(module: string, rest = ''): LoadedConfig {
  writeFileSync(join(directory, 'tasks.ts'), module);
  const text = `tasks: [{ module: ./tasks.ts }]\n${rest}`;
  const loaded = parseConfig({ file: join(directory, 'tickwork.yaml'), text });
  if (!loaded.ok) throw new Error(loaded.problems.map(formatProblem).join('\n'));
  return loaded.config;
}

it('registers functions and objects with execute under their names', async () => {
  const config = configWith(
    'export const unused = 1;\nexport function greet(input: string): string { return input; }\n' +
      'function dashed() {}\nexport { dashed as "with-dash" };\n' +
      'export const object = { name: () => "own-name", execute() {} };\n',
    'jobs:\n  a: { every: 1h, task: greet }\n  b: { every: 1h, task: nobody }\n',
  );
  const tasks = await loadTasks(config);
  if ('problems' in tasks) throw new Error('refused');
  expect([...tasks.names].sort()).toEqual(['greet', 'own-name', 'with-dash']);
  const scheduler = await dryScheduler();
  tasks.register(scheduler);
  expect(() => tasks.register(scheduler)).toThrow(/greet/u);
  await scheduler.close();
  expect(withoutHandler(config, tasks).map(formatProblem)).toEqual([
    expect.stringMatching(/:4:6 warning: jobs\.b: no handler: .*"nobody"/u),
  ]);
});

it.each([
  ['export class Task {}', 'exports the class Task; export an instance of it.'],
  ['export const x = 1;', 'exports no task; write `export function name(input, context) { … }`.'],
  ['throw new Error("broken");', 'cannot be loaded: broken'],
])('refuses a module of %j', async (module, message) => {
  const tasks = await loadTasks(configWith(module));
  expect('problems' in tasks ? tasks.problems[0]?.message : '').toBe(message);
});

it('refuses a module that is not there, at its place in the file', async () => {
  const config = configWith('export const x = 1;');
  rmSync(join(directory, 'tasks.ts'));
  const tasks = await loadTasks(config);
  expect('problems' in tasks ? tasks.problems[0] : {}).toMatchObject({
    line: 1,
    path: 'tasks.0.module',
  });
});
