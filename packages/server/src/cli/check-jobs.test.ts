import { expect, it } from 'vitest';
import { checkJobs, checkNames } from '../config/check-jobs.ts';
import { type LoadedConfig, parseConfig } from '../config/load-config.ts';
import { formatProblem } from '../config/problem.ts';
import { openTrial } from './dry-scheduler.ts';

const environment = { variables: { SECRET: 'hunter2-s3cret' }, readFile: () => '' };

function load(text: string): LoadedConfig {
  const loaded = parseConfig({ file: 'a.yaml', text }, { environment });
  if (!loaded.ok) throw new Error(loaded.problems.map(formatProblem).join('\n'));
  return loaded.config;
}

async function check(text: string): Promise<readonly string[]> {
  return (await checkJobs(load(text), openTrial)).map(formatProblem);
}

it('finds every wrong value at its place, by asking the engine', async () => {
  const found = await check(
    "timezone: UTC\njobs:\n  a.b: { cron: '61 * * * *', task: t }\n  b: { every: 5, task: t }\n"
      .replace('every: 5', "daily: '25:00'")
      .concat("  c: { cron: '0 0 30 2 *', task: t }\n  d: { every: 1s }\n")
      .concat("  e: { daily: '02:00', zone: Mars/Base, task: t, timeout: soon }\n"),
  );
  expect(found.map((line) => line.split(' ').slice(0, 2).join(' '))).toEqual([
    'a.yaml:3:16 jobs."a.b".cron:',
    'a.yaml:4:15 jobs.b.daily:',
    'a.yaml:5:6 jobs.c:',
    'a.yaml:6:3 jobs.d.task:',
    expect.stringMatching(/^a\.yaml:7:\d+ jobs\.e\.(?:zone|timeout):$/u),
  ]);
});

it('finds what is only wrong in the whole: jobs that wait for each other', async () => {
  const found = await check('jobs:\n  a: { after: b, task: t }\n  b: { after: a, task: t }\n');
  expect(found.length).toBe(1);
});

it('tells where a job is written that runs after a name that no job has', async () => {
  const text = 'jobs:\n  backup: { manual: true, task: t }\n  report: { after: bakcup, task: t }\n';
  const [problem, ...more] = await checkNames(load(text), openTrial);
  expect(more).toEqual([]);
  expect(problem).toMatchObject({ severity: 'warning', line: 3, path: 'jobs.report.after' });
  expect(problem?.message).toContain('Did you mean "backup"?');
  expect(await checkNames(load(text.replace('bakcup', 'backup')), openTrial)).toEqual([]);
  const [hidden] = await checkNames(load(text.replace('bakcup', `"$\{SECRET}"`)), openTrial);
  expect(hidden?.message).not.toContain('hunter2');
});

it('accepts calendars and the jobs that use them, and tells of unknown ones', async () => {
  const job = "jobs:\n  a: { daily: '09:00', calendar: work, task: t }\n";
  expect(await check(`calendars:\n  work: { weekends: sat-sun }\n${job}`)).toEqual([]);
  expect(await check(job)).toHaveLength(1);
  expect((await check(`calendars:\n  work: { weekend: sat }\n${job}`))[0]).toContain(
    'calendars.work.weekend:',
  );
});

it('knows the time zone', async () => {
  expect((await check('timezone: Europe/Berlim\n'))[0]).toContain('Europe/Berlin');
});

it('allows scripts in jobs only where scripts.inline is true', async () => {
  const job = 'jobs:\n  a: { every: 1h, script: { inline: "a | b", shell: bash } }\n';
  expect(await check(`scripts: { inline: true }\n${job}`)).toEqual([]);
  expect(await check(job)).toEqual([
    'a.yaml:2:37 jobs.a.script.inline: scripts in jobs are not allowed here. Set scripts.inline ' +
      'if whoever writes jobs may run any command, or use a file.',
  ]);
});

it('names the option as it is written in the file', async () => {
  const job = 'jobs:\n  a: { every: 1h, script: { inline: x, env: { FOO: x } } }\n';
  expect((await check(`scripts: { inline: true }\n${job}`))[0]).toContain(
    'Add "FOO" to scripts.env',
  );
  const allowed = `scripts: { inline: true, env: [FOO] }\n${job}`;
  expect(await check(allowed)).toEqual([]);
});

it.each([
  'script: $SECRET',
  'script: { path: $SECRET, interpreter: sh }',
  'script: { path: a.sh, args: [a, 5], interpreter: $SECRET }',
  'task: { kind: $SECRET }',
  'task: { kind: script, path: a.sh, env: { A: $SECRET } }',
  'task: t, zone: $SECRET',
  'task: t, pool: $SECRET',
  'task: t, onlyIf: { script: $SECRET }',
])('never shows a value from the environment: %s', async (task) => {
  const job = `every: 1h, ${task.replace('$SECRET', '"$' + '{SECRET}"')}`;
  const found = await check(`scripts: { roots: [/tmp] }\njobs:\n  a: { ${job} }\n`);
  expect(found).toHaveLength(1);
  expect(found.join()).not.toContain('hunter2');
});

it.each([
  ['jobs', '{ every: 1h, task: t }'],
  ['calendars', '{ weekends: sat-sun }'],
  ['pools', '1'],
])('tells names of %s that only look different or alike', async (section, value) => {
  const names = ['a\\ud800', 'a\\ud801', 'caf\\u00e9', 'cafe\\u0301'];
  const lines = names.map((name) => `  "${name}": ${value}\n`).join('');
  const found = await check(`${section}:\n${lines}`);
  expect(found.length).toBeGreaterThan(0);
  expect(found.join()).toMatch(/half a character|NFC/u);
});
