import { describe, expect, it } from 'vitest';
import { type LoadedConfig, parseConfig } from './load-config.ts';
import { formatProblem } from './problem.ts';

const variables = { PORT: '7', EMPTY: '', SECRET: 's3cr3t', DB_FILE: '/run/db' };
const environment = {
  variables,
  readFile: (path: string) => {
    if (path === '/run/db') return 'from-file\n';
    throw new Error('no such file');
  },
};

function problems(text: string, file = 'a.yaml'): readonly string[] {
  const loaded = parseConfig({ file, text }, { environment });
  return loaded.ok ? [] : loaded.problems.map(formatProblem);
}

function load(text: string, file = '/etc/a.yaml'): LoadedConfig {
  const loaded = parseConfig({ file, text }, { environment });
  if (!loaded.ok) throw new Error(loaded.problems.map(formatProblem).join('\n'));
  return loaded.config;
}

describe('a wrong file is told with place, reason and remedy', () => {
  it.each([
    ['jobs:\n  a:\n    evry: 30s\n', 'a.yaml:3:5 jobs.a.evry: is no option. Did you mean `every`?'],
    [
      'jobs:\n  a:\n    allowPast: yes\n',
      'a.yaml:3:16 jobs.a.allowPast: "yes" — expected true | false. ' +
        'In YAML 1.2 yes is text; write true.',
    ],
    [
      'jobs:\n  a:\n    overlap: skp\n',
      'a.yaml:3:14 jobs.a.overlap: "skp" — expected skip | queue-one | queue-all | ' +
        'cancel-previous | allow or a map. Did you mean skip?',
    ],
    [
      'jobs:\n  a:\n    retry: { atempts: 3 }\n',
      'a.yaml:3:14 jobs.a.retry.atempts: is no option. Did you mean `attempts`?',
    ],
    [
      'concurrency: { function: 0 }',
      'a.yaml:1:26 concurrency.function: 0 — at least 1 is expected.',
    ],
    [
      'concurrency: { function: "3" }',
      'a.yaml:1:26 concurrency.function: "3" — expected a number. Leave the quotes out.',
    ],
    [
      'jobs:\n  a:\n    cron: */5 * * * *\n',
      'a.yaml:3:15 a plain * begins an alias in YAML; ' +
        "put the cron expression in quotes: cron: '*/5 * * * *'.",
    ],
    [
      'jobs:\n  a:\n    cron: @daily\n',
      "a.yaml:3:11 a value cannot begin with @ in YAML; put it in quotes: '@daily'.",
    ],
    ['a:\n\tb: 1', 'a.yaml:2:1 a tab indents this line; use spaces.'],
    ['name: a\nname: b', 'a.yaml:2:1 name: stands here twice; keep one of them.'],
    ['jobs:\n  __proto__: {}', 'a.yaml:2:3 jobs.__proto__: is refused as a key.'],
    [
      'defaults: &d { retry: 1 }\njobs:\n  a: { <<: *d }',
      'a.yaml:3:8 jobs.a.<<: merge keys are not read; write the members out.',
    ],
    ['name: !!js/function x', 'a.yaml:1:7 tags (!name) are not read; write plain values.'],
    ['name: a\n---\nname: b', 'a.yaml:2:1 a second document; one file holds one.'],
    ['- a', 'a.yaml:1:1 a map of options is expected.'],
    [
      'name: $' + '{MISSING:?ask the operator}',
      'a.yaml:1:7 name: the variable MISSING is not set: ask the operator. ' +
        'Set it, or write $' +
        '{MISSING:-default}.',
    ],
  ])('%j', (text, expected) => expect(problems(text)[0]).toBe(expected));

  it('all at once, the worst first', () => {
    const found = problems('jobs:\n  a: { evry: 1s }\n  b: { priority: 500 }\ntimezome: UTC\n');
    expect(found.map((line) => line.split(' ')[1])).toEqual([
      'timezome:',
      'jobs.a.evry:',
      'jobs.b.priority:',
    ]);
  });

  it('never shows what came from the environment', () => {
    const found = problems('log: { level: "$' + '{SECRET}" }').join();
    expect(found).toContain('log.level: the value of $' + '{SECRET} — expected debug');
    expect(found).not.toContain('s3cr3t');
  });

  it.each([
    ['[', '['.repeat(1_000_000)],
    ['{a:', '{a: '.repeat(250_000)],
    ['- ', '- '.repeat(500_000)],
    ['? ', '? '.repeat(500_000)],
    ['""', '"'.repeat(1_000_000)],
    ['lines of ""', '""\n'.repeat(300_000)],
    ['---', '---\n'.repeat(250_000)],
    ['directives', '%a\n'.repeat(300_000)],
    ['laughs', `a: &a [x]\n${'b: [*a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a]'}`],
    ['itself', 'a: &a [*a]'],
    ['JSON [', `{"a":${'['.repeat(1_000_000)}`],
  ])('refuses a bomb of %s without being hurt', (_, text) => {
    expect(problems(text).length).toBeGreaterThan(0);
  });
});

describe('values from the environment', () => {
  it.each([
    ['name: x-$' + '{PORT}-$' + '{EMPTY:-d}-$' + '{EMPTY}', 'x-7-d-'],
    ['name: $' + '{DB}', 'from-file'],
    ['name: $$' + '{PORT}', '$' + '{PORT}'],
    ['name: a$$b $5 $HOME', 'a$b $5 $HOME'],
  ])('%s', (text, expected) => expect(load(text).settings.name).toBe(expected));

  it('become numbers where nothing else stands and no quotes are', () => {
    const { settings } = load('concurrency:\n  function: $' + '{PORT}\n');
    expect(settings.concurrency.function).toBe(7);
  });

  it('a flag wins over a variable, a variable over the file, the file over the default', () => {
    const text = 'log: { level: warn }\nname: file\n';
    const config = parseConfig(
      { file: '/etc/a.yaml', text },
      {
        environment: {
          ...environment,
          variables: { TICKWORK_LOG_LEVEL: 'error', TICKWORK_NAME: 'v' },
        },
        overrides: { name: 'flag' },
      },
    );
    if (!config.ok) throw new Error('refused');
    const { settings, origins } = config.config;
    expect([settings.name, settings.log.level, settings.log.format]).toEqual([
      'flag',
      'error',
      'text',
    ]);
    expect([origins.get('name'), origins.get('log.level'), origins.get('log.format')]).toEqual([
      'flag',
      'environment',
      undefined,
    ]);
  });

  it('a wrong variable is named', () => {
    const loaded = parseConfig(
      { file: 'a.yaml', text: '' },
      { environment: { ...environment, variables: { TICKWORK_LOG_LEVEL: 'loud' } } },
    );
    expect(loaded.ok ? '' : loaded.problems[0]?.message).toBe(
      'TICKWORK_LOG_LEVEL: "loud" — expected debug | info | warn | error.',
    );
  });
});

describe('a valid file', () => {
  it('has a pre-check for all jobs, which a job replaces as a whole or leaves out', () => {
    const { jobs } = load(
      'defaults: { onlyIf: { script: open.sh, args: [a] } }\n' +
        'jobs:\n  a: { every: 1s, task: t }\n' +
        '  b: { every: 1s, task: t, onlyIf: { script: other.sh } }\n' +
        '  c: { every: 1s, task: t, onlyIf: false }\n',
    );
    expect(Object.values(jobs).map(({ onlyIf }) => onlyIf)).toEqual([
      ...[{ script: 'open.sh', args: ['a'] }, { script: 'other.sh' }, false],
    ]);
  });

  it('has defaults, absolute paths, and policies written into its jobs', () => {
    const config = load(
      'defaults: { timeout: 1m, retry: { attempts: 3, delay: 5s } }\n' +
        'scripts: { roots: [scripts] }\n' +
        'jobs:\n  a: { every: 30s, task: t, retry: { attempts: 1 } }\n' +
        '  b: { every: 1s, task: t, retry: 0 }\n',
    );
    expect(config.settings).toMatchObject({
      store: '/etc/.tickwork/tickwork.db',
      concurrency: { function: 100, external: 10 },
      scripts: { roots: ['/etc/scripts'] },
    });
    expect(config.jobs).toEqual({
      a: { every: '30s', task: 't', timeout: '1m', retry: { attempts: 1, delay: '5s' } },
      b: { every: '1s', task: 't', timeout: '1m', retry: 0 },
    });
  });

  it('may be JSON with comments and trailing commas', () => {
    const config = load('{ // ours\n "timezone": "UTC", /* x */ "jobs": {},\n}', '/etc/a.json');
    expect(config.settings.timezone).toBe('UTC');
  });
});

describe('the files of other schedulers, unchanged', () => {
  it('a list of jobs of a service on gocron', () => {
    const config = load(
      'server:\n  port: 8080\nlog:\n  level: "debug"\nscheduler:\n  enabled: true  # 启用\n' +
        '  jobs:\n    - name: "hello_job"\n      type: "duration"\n' +
        '      schedule: "30s"\n      enabled: true\n' +
        '    - name: "cleanup_job"\n      type: "daily"\n      schedule: "02:00"\n' +
        '      enabled: false\n' +
        '    - {name: my_job, type: cron, schedule: "0 */2 * * *"}\n',
    );
    expect(config.format).toBe('gocron');
    expect(config.settings.log.level).toBe('debug');
    expect(config.jobs).toEqual({
      hello_job: { every: '30s', task: 'hello_job', status: 'active' },
      cleanup_job: { daily: '02:00', task: 'cleanup_job', status: 'disabled' },
      my_job: { cron: '0 */2 * * *', task: 'my_job', status: 'active' },
    });
  });

  it('which is switched off as a whole', () => {
    const text =
      'scheduler:\n  enabled: false\n  jobs:\n    - {name: a, type: duration, schedule: 1s}\n';
    expect(load(text).jobs.a?.status).toBe('disabled');
  });

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
  ])('tells what is wrong in %j, and keeps the others', (jobs, expected) => {
    const right = '    - {name: z, type: duration, schedule: 2s}';
    const { rejected, jobs: kept } = load(`scheduler:\n  jobs:\n${jobs}\n${right}\n`, 'a.yaml');
    expect(rejected.map(formatProblem)).toEqual([expected]);
    expect(kept).toMatchObject({ z: { every: '2s', task: 'z' } });
    expect(Object.keys(kept)).toHaveLength(jobs.includes('\n') ? 2 : 1);
  });

  it('knows where the jobs behind a wrong one stand', () => {
    const wrong = '    - {name: a}\n    - 5\n';
    const text = `scheduler:\n  jobs:\n${wrong}    - {name: b, type: cron, schedule: x}\n`;
    const { rejected, jobPaths } = load(text);
    expect(rejected.map(({ path }) => path)).toEqual([
      ...['scheduler.jobs.0.type', 'scheduler.jobs.0.schedule', 'scheduler.jobs.1'],
    ]);
    expect([...jobPaths]).toEqual([['b', ['scheduler', 'jobs', 2]]]);
  });

  it('is refused as a whole for what is wrong outside of its jobs', () => {
    const wrong = '    - {name: a, type: duration}\n  jbos: []\n';
    expect(problems(`scheduler:\n  jobs:\n${wrong}`)).toHaveLength(2);
    expect(problems('scheduler:\n  enabled: true\n  jobs: 5\n')).toHaveLength(1);
  });

  it('the sections of scheduler_config.json, with comments', () => {
    const config = load(
      '{\n "scheduler": {\n  "max_workers": 10, // 最大工作线程数\n  "check_interval": 1,\n' +
        '  "enable_monitoring": true,\n  "log_level": "INFO"\n },\n' +
        ' "tasks": {"default_timeout": 300, "max_retries": 3, "retry_delay": 5},\n' +
        ' "logging": {"log_dir": "logs", "log_file": "scheduler.log",\n' +
        '  "max_log_size": "10MB", "backup_count": 5}\n}',
      '/srv/scheduler_config.json',
    );
    expect(config.format).toBe('enterprise');
    expect(config.settings).toMatchObject({
      concurrency: { function: 10, external: 10 },
      defaults: { timeout: 300_000, retry: { attempts: 3, delay: 5000 } },
      log: {
        level: 'info',
        file: { path: '/srv/logs/scheduler.log', bytesMax: 10_485_760, backupCount: 5 },
      },
    });
  });

  it('a part of it, the rest by default', () => {
    const text =
      '{"scheduler": {"max_workers": 20, "log_level": "WARNING"}, "tasks": {"max_retries": 5}}';
    expect(load(text, '/srv/x.json').settings).toMatchObject({
      concurrency: { external: 20 },
      defaults: { timeout: 300_000, retry: { attempts: 5, delay: 5000 } },
      log: { level: 'warn' },
    });
  });

  it('with a mistake in it', () => {
    expect(problems('{"scheduler": {"max_worker": 2, "check_interval": 1}}', 'a.json')).toEqual([
      'a.json:1:16 scheduler.max_worker: is no option. Did you mean `max_workers`?',
    ]);
  });
});
