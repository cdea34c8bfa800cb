import { describe, expect, it } from 'vitest';
import type { LoadedConfig } from './load-config.ts';
import { parseConfig } from './load-config.ts';
import { formatProblem, problemLines } from './problem.ts';

const variables = { PORT: '7', EMPTY: '', SECRET: 's3cr3t', DB_FILE: '/run/db' };
const environment = {
  variables,
  readFile: (path: string) => {
    if (path === '/run/db') return 'from-file\n';
    throw new Error('no such file');
  },
};

/** `${inner}`, which stands in a text of the language itself otherwise. */
function reference(inner: string): string {
  return ['$', `{${inner}}`].join('');
}

function problems(text: string, file = 'a.yaml'): readonly string[] {
  const loaded = parseConfig({ file, text }, { environment });
  return loaded.ok ? [] : loaded.problems.map(formatProblem);
}

function load(text: string, file = '/etc/a.yaml'): LoadedConfig {
  const loaded = parseConfig({ file, text }, { environment });
  if (!loaded.ok) throw new Error(loaded.problems.map(formatProblem).join('\n'));
  return loaded.config;
}

describe('a file without any content', () => {
  const nothing = '1:1 the file holds no options. To have no jobs on purpose, write `jobs: {}`.';
  it.each(['', '\n\n', '# soon\n', '---\n', '--- # soon\n...\n', 'null\n', '~', '{}', '\uFEFF'])(
    'is refused: %j',
    (text) => {
      expect(problems(text)).toEqual([expect.stringContaining('holds no options')]);
    },
  );

  it('is told with what to do', () => {
    expect(problems('')).toEqual([`a.yaml:${nothing}`]);
    expect(problems('{}', 'a.json')).toEqual([`a.json:${nothing}`]);
    expect(problems('// soon\n', 'a.json')).toHaveLength(1);
  });

  it('differs from one that names no jobs on purpose', () => {
    expect(load('jobs: {}\n').jobs).toEqual({});
  });
});

describe('a wrong file is told with place, reason and remedy', () => {
  it.each([
    ['jobs:\n  a:\n    evry: 30s\n', 'a.yaml:3:5 jobs.a.evry: is no option. Did you mean `every`?'],
    [
      'jobs:\n  a:\n    allowPast: yes\n',
      'a.yaml:3:16 jobs.a.allowPast: "yes" — expected true | false. ' +
        'In YAML 1.2 yes is text; write true.',
    ],
    [
      'jobs:\n  a: { weekly: { on: mon } }\n',
      'a.yaml:2:8 jobs.a.weekly.at: is missing; expected text or a list of text.',
    ],
    [
      'jobs:\n  a: { monthly: [{ on: 1 }] }\n',
      'a.yaml:2:18 jobs.a.monthly.0.at: is missing; expected text or a list of text.',
    ],
    [
      "jobs:\n  a: { random: { min: 1h, max: 2h, activeHours: { from: '08:00' } } }\n",
      'a.yaml:2:36 jobs.a.random.activeHours.to: is missing; expected text.',
    ],
    [
      'jobs:\n  a: { weekly: { on: mon, at: { h: 2 } } }\n',
      'a.yaml:2:31 jobs.a.weekly.at: a map — expected text or a list of text.',
    ],
    [
      'jobs:\n  a:\n    command: pg_dump\n',
      'a.yaml:3:5 jobs.a.command: is no option. A command is a script: write `script: file.sh` ' +
        "for a file below scripts.roots, or `script: { inline: 'command' }` where " +
        'scripts.inline is true.',
    ],
    [
      'jobs:\n  a:\n    http: { url: x }\n',
      'a.yaml:3:5 jobs.a.http: is no option. Requests are sent by a script or a function: write ' +
        '`script: call.sh` with curl in it, or `task: name` for a function of a module in `tasks`.',
    ],
    [
      'jobs:\n  a:\n    dependsOn: b\n',
      'a.yaml:3:5 jobs.a.dependsOn: is no option. A job that runs after others has `after: name`.',
    ],
    [
      'jobs:\n  a:\n    schedule: 1h\n',
      "a.yaml:3:5 jobs.a.schedule: is no option. When it runs is said by `cron: '0 2 * * *'`, " +
        "`every: 30s`, `daily: '02:00'` or another trigger.",
    ],
    [
      'jobs:\n  a:\n    zzzzzz: 1\n',
      'a.yaml:3:5 jobs.a.zzzzzz: is no option. Allowed are task, script, input, trigger, every, ' +
        'from, phase, cron, dialect, daily, weekly, monthly, everyDays, everyWeeks, everyMonths, ' +
        'at and 36 more; see `tickwork config schema`.',
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

  it.each([
    ['name: !!str 5', 'a.yaml:1:13 name'],
    ['jobs: !!map {}', 'a.yaml:1:13 jobs'],
    ['jobs: !!omap [a: 1]', 'a.yaml:1:7'],
    ['jobs: !!set {a, b}', 'a.yaml:1:7'],
    ['name: !!binary aGk=', 'a.yaml:1:7'],
    ['name: !!timestamp 2001-01-01', 'a.yaml:1:7'],
    ['name: ! a', 'a.yaml:1:9 name'],
    ['!!str name: a', 'a.yaml:1:7 name'],
    ['tasks: [!local {module: a}]', 'a.yaml:1:9'],
  ])('refuses the tag of %j', (text, place) => {
    const sign = place.endsWith('name') || place.endsWith('jobs') ? ':' : '';
    expect(problems(text)).toEqual([
      `${place}${sign} tags (!name) are not read; write plain values.`,
    ]);
  });

  it('reads YAML 1.2 even where the text asks for 1.1', () => {
    expect(problems('%YAML 1.1\n---\njobs: {a: {allowPast: yes}}\n')[0]).toContain('write true');
  });

  it('of 5,000 wrong keys or jobs shows 50 and tells how many there are', () => {
    const many = (line: (index: number) => string): string =>
      Array.from({ length: 5_000 }, (_, index) => line(index)).join('');
    for (const text of [
      many((index) => `wrong${index}: 1\n`),
      `jobs:\n  a:\n${many((index) => `    wrong${index}: 1\n`)}`,
      `jobs:\n${many((index) => `  j${index}: {evry: 1}\n`)}`,
      `name:\n${many((index) => `- ${reference(`NO${index}`)}\n`)}`,
      `{${many((index) => `"wrong${index}":1,`)}}`,
    ]) {
      const loaded = parseConfig({ file: 'a.yaml', text }, { environment });
      const lines = loaded.ok ? [] : problemLines(loaded.problems);
      expect(lines).toHaveLength(51);
      expect(lines.at(-1)).toBe('… and 4950 more, 5000 in all');
    }
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

  it.each(['constructor', 'toString', '__proto__', 'hasOwnProperty'])(
    'that every object has are not set: %s',
    (name) => {
      expect(problems(`name: ${reference(name)}`)[0]).toContain(`variable ${name} is not set`);
      expect(load(`name: ${reference(`${name}:-none`)}`).settings.name).toBe('none');
    },
  );

  it('are in no message, wherever the message comes from', () => {
    const secret = reference('SECRET');
    const text = `{"logging": {"max_log_size": "${secret}"}, "scheduler": {"max_workers": 1}}`;
    expect(problems(text, 'a.json')).toEqual([
      `a.json:1:30 logging.max_log_size: "${secret}" — expected a size such as 10MB.`,
    ]);
    const job = `    - {name: "${secret}", type: daily, schedule: "02:00"}\n`;
    const { rejected } = load(`scheduler:\n  jobs:\n${job}${job}`);
    expect(rejected.map(({ message }) => message)).toEqual([
      `"${secret}" names an earlier job too; names must differ.`,
    ]);
  });

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
      { file: 'a.yaml', text: 'jobs: {}' },
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
