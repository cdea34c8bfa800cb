import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type LoadedConfig, parseConfig } from '../load-config.ts';
import { loadTasks, withoutHandler } from '../load-tasks.ts';
import { formatProblem } from '../problem.ts';

const environment = { variables: {}, readFile: () => '' };

function problems(text: string): readonly string[] {
  const loaded = parseConfig({ file: 'a.yaml', text }, { environment });
  return loaded.ok ? [] : loaded.problems.map(formatProblem);
}

function load(text: string, file = 'a.yaml'): LoadedConfig {
  const loaded = parseConfig({ file, text }, { environment });
  if (!loaded.ok) throw new Error(loaded.problems.map(formatProblem).join('\n'));
  return loaded.config;
}

/** What gocron does where nothing is said. */
const policies = {
  misfire: 'skip',
  overlap: 'allow',
  retry: false,
  timeout: false,
  onNodeLoss: 'fail',
};

/** The file of a whole service, as they are in the wild. */
const SERVICE =
  'app:\n  name: "skeleton"\n  port: 8080\nserver:\n  port: 8080\n' +
  'logger:\n  level: "debug"\n  encoding: "json"\n  output_path: ["stdout"]\n' +
  'redis:\n  addr: "127.0.0.1:6379"\n  password: "$' +
  '{REDIS_PASSWORD}"\n  <<: {db: 0}\n' +
  'jwt:\n  secret: "$' +
  '{"\n  constructor: x\n  secret: twice\n' +
  'scheduler:\n  enabled: true  # 启用\n  jobs:\n' +
  '    - name: "hello_job"\n      type: "duration"\n      schedule: "30s"\n      enabled: true\n' +
  '      description: "Hello world scheduled job"\n' +
  '    - name: "cleanup_job"\n      type: "daily"\n      schedule: "02:00"\n' +
  '      enabled: false\n' +
  '    - {name: my_job, type: cron, schedule: "0 */2 * * *", enabled: true, singleton: true,\n' +
  '       owner: ops}\n';

describe('the file of a service on gocron', () => {
  it('is read unchanged: its jobs run as before', () => {
    const config = load(SERVICE);
    expect(config.format).toBe('gocron');
    expect(config.settings.log).toMatchObject({ level: 'debug', format: 'json' });
    expect(config.jobs).toEqual({
      hello_job: {
        ...{ every: '30s', task: 'hello_job', status: 'active', ...policies },
        description: 'Hello world scheduled job',
      },
      cleanup_job: { daily: '02:00', task: 'cleanup_job', status: 'disabled', ...policies },
      my_job: {
        ...{ cron: '0 */2 * * *', task: 'my_job', status: 'active', ...policies },
        overlap: 'skip',
      },
    });
    expect(config.settings.defaults).toEqual(policies);
  });

  it('may hold anything in the sections that are not read, which are warnings', () => {
    expect(load(SERVICE).warnings.map(formatProblem)).toEqual([
      'a.yaml:1:1 warning: app: is not read.',
      'a.yaml:4:1 warning: server: is not read.',
      'a.yaml:10:1 warning: redis: is not read.',
      'a.yaml:14:1 warning: jwt: is not read.',
      'a.yaml:9:3 warning: logger.output_path: is not read.',
      'a.yaml:31:8 warning: scheduler.jobs.2.owner: is not read.',
    ]);
  });

  it('tells which key was probably meant', () => {
    const text = 'scheduler:\n  enabled: true\n  job: []\n  jobs: []\n';
    expect(load(text).warnings.map(formatProblem)).toEqual([
      'a.yaml:3:3 warning: scheduler.job: is not read. Did you mean `jobs`?',
    ]);
  });

  it('is switched off as a whole, and by default, as a Go program reads it', () => {
    const jobs = '  jobs:\n    - {name: a, type: duration, schedule: 1s, enabled: true}\n';
    expect(load(`scheduler:\n  enabled: false\n${jobs}`).jobs.a?.status).toBe('disabled');
    const config = load(`scheduler:\n${jobs}    - {name: b, type: cron, schedule: "* * * * *"}\n`);
    expect(Object.values(config.jobs).map(({ status }) => status)).toEqual([
      ...['disabled', 'disabled'],
    ]);
    expect(config.warnings.map(formatProblem)).toEqual([
      'a.yaml:1:1 warning: scheduler.enabled: is missing, which means false here: nothing runs. ' +
        'Write enabled: true to run.',
      'a.yaml:4:7 warning: scheduler.jobs.1.enabled: is missing, which means false here: ' +
        'the job is disabled. Write enabled: true to run.',
    ]);
  });

  it('may have no jobs yet', () => {
    expect(load('scheduler:\n  enabled: true\n  jobs:\n').jobs).toEqual({});
  });

  it('is not mistaken for our own file with a section too many', () => {
    expect(problems('scheduler: {enabled: true}\njobs: {}\n')[0]).toContain('scheduler: is no');
  });
});

describe('wrong jobs', () => {
  it.each([
    [
      '    - {name: a, type: duration}',
      'a.yaml:3:7 scheduler.jobs.0.schedule: is missing; expected text.',
    ],
    [
      '    - {name: a, type: durration, schedule: 1s}',
      'a.yaml:3:23 scheduler.jobs.0.type: "durration" — expected duration | cron | daily | weekly' +
        ' | monthly. Did you mean duration?',
    ],
    [
      '    - {name: a, type: daily, schedule: x}\n    - {name: a, type: daily, schedule: x}',
      'a.yaml:4:14 scheduler.jobs.1.name: "a" names an earlier job too; names must differ.',
    ],
  ])('are told in %j, and the others kept', (jobs, expected) => {
    const right = '    - {name: z, type: duration, schedule: 2s}';
    const { rejected, jobs: kept } = load(`scheduler:\n  jobs:\n${jobs}\n${right}\n`);
    expect(rejected.map(formatProblem)).toEqual([expected]);
    expect(kept).toMatchObject({ z: { every: '2s', task: 'z' } });
    expect(Object.keys(kept)).toHaveLength(jobs.includes('\n') ? 2 : 1);
  });

  it('do not move the places of those behind them', () => {
    const wrong = '    - {name: a}\n    - 5\n';
    const text = `scheduler:\n  jobs:\n${wrong}    - {name: b, type: cron, schedule: x}\n`;
    const { rejected, jobPaths, warnings } = load(text);
    expect(rejected.map(({ path }) => path)).toEqual([
      ...['scheduler.jobs.0.type', 'scheduler.jobs.0.schedule', 'scheduler.jobs.1'],
    ]);
    expect([...jobPaths]).toEqual([['b', ['scheduler', 'jobs', 2]]]);
    expect(warnings.at(-1)?.path).toBe('scheduler.jobs.2.enabled');
  });

  it('refuse the file only with what is wrong outside of them', () => {
    const wrong = '    - {name: a, type: duration}\nlog: {level: loud}\n';
    expect(problems(`scheduler:\n  jobs:\n${wrong}`)).toHaveLength(2);
    expect(problems('scheduler:\n  enabled: true\n  jobs: 5\n')).toHaveLength(1);
    expect(problems('scheduler:\n  enabled: yes\n')).toHaveLength(1);
  });
});

describe('the functions of its jobs', () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'tickwork-gocron-'));
    mkdirSync(join(directory, 'jobs'));
    const write = (path: string, text: string) => writeFileSync(join(directory, path), text);
    write('jobs/report.ts', 'export const job = { name: "report_job", execute() {} };\n');
    write('jobs/class.mjs', 'export class Job {}\nexport function class_job() {}\n');
    write('jobs/constants.ts', 'export const limit = 5;\n');
    write('jobs/report.test.ts', 'throw new Error("a test");\n');
    write('other.ts', 'export function other_job() {}\nexport function hello_job() {}\n');
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  async function namesOf(rest: string): Promise<readonly string[]> {
    const text = `scheduler:\n  enabled: true\n  jobs:\n${rest}`;
    const config = load(text, join(directory, 'config.dev.yaml'));
    const tasks = await loadTasks(config);
    if ('problems' in tasks) throw new Error(tasks.problems.map(formatProblem).join('\n'));
    expect(config.warnings).toEqual([]);
    expect(withoutHandler(config, tasks)).toEqual([]);
    return [...tasks.names].sort();
  }

  const job = (name: string) =>
    `    - {name: ${name}, type: duration, schedule: 1s, enabled: true}\n`;

  it('are found in jobs/ beside the file', async () => {
    expect(await namesOf(job('report_job') + job('class_job') + job('hello_job'))).toEqual([
      ...['class_job', 'cleanup_job', 'hello_job', 'report_job'],
    ]);
  });

  it('are those of the modules that tasks names, if it is there', async () => {
    expect(await namesOf(`${job('other_job')}tasks: [{module: other.ts}]\n`)).toEqual([
      ...['cleanup_job', 'hello_job', 'other_job'],
    ]);
  });

  it('are told by their module if it cannot be loaded', async () => {
    writeFileSync(join(directory, 'jobs', 'broken.ts'), 'throw new Error("no database");');
    const file = join(directory, 'config.dev.yaml');
    const tasks = await loadTasks(load('scheduler: {enabled: true, jobs: []}\n', file));
    expect('problems' in tasks ? tasks.problems.map(({ message }) => message) : []).toEqual([
      `${join(directory, 'jobs', 'broken.ts')} cannot be loaded: no database`,
    ]);
  });
});
