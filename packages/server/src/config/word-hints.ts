/**
 * What people of other tools write into a job for what has another name here, and what to write.
 * Only words that are not near enough to the right one to be taken for a typing error.
 */
const jobWords: readonly (readonly [hint: string, words: readonly string[]])[] = [
  [
    'A command is a script: write `script: file.sh` for a file below scripts.roots, or ' +
      "`script: { inline: 'command' }` where scripts.inline is true.",
    [
      'command',
      'cmd',
      'commands',
      'run',
      'exec',
      'execute',
      'shell',
      'bash',
      'sh',
      'program',
      'do',
    ],
  ],
  [
    'Requests are sent by a script or a function: write `script: call.sh` with curl in it, or ' +
      '`task: name` for a function of a module in `tasks`.',
    ['http', 'https', 'url', 'uri', 'webhook', 'request', 'endpoint', 'grpc', 'httpTarget'],
  ],
  [
    'A function is named by `task`; its module stands in `tasks`.',
    ['function', 'func', 'fn', 'handler', 'callback', 'method', 'callable', 'class', 'module'],
  ],
  [
    "When it runs is said by `cron: '0 2 * * *'`, `every: 30s`, `daily: '02:00'` or another " +
      'trigger.',
    ['schedule', 'when', 'crontab', 'interval', 'frequency', 'period', 'time', 'spec', 'timer'],
  ],
  ['A job that never runs has `status: disabled`.', ['enabled', 'disabled', 'active', 'suspend']],
  [
    'It belongs to the script: `script: { path: file.sh, args: […], cwd: …, env: {…} }`.',
    [
      'args',
      'arguments',
      'argv',
      'env',
      'environment',
      'cwd',
      'workdir',
      'workingDirectory',
      'dir',
    ],
  ],
  [
    'A job that runs after others has `after: name`.',
    ['dependsOn', 'depends_on', 'depends', 'needs', 'requires', 'upstream', 'parents'],
  ],
  ['The time zone of a job is `zone`.', ['timezone', 'time_zone', 'timeZone', 'tz']],
  ['Values for the task are its `input`.', ['params', 'parameters', 'payload', 'data', 'kwargs']],
  [
    'Further attempts are `retry: 3`, or `retry: { attempts: 3, delay: 5s }`.',
    ['attempts', 'maxAttempts', 'max_attempts', 'maxRetries', 'max_retries', 'backoff', 'retries'],
  ],
  ['The limit of one attempt is `timeout: 5m`.', ['deadline', 'maxDuration', 'ttl']],
];

const hints: ReadonlyMap<string, string> = new Map(
  jobWords.flatMap(([hint, words]) => words.map((word) => [word.toLowerCase(), hint] as const)),
);

/** What to write in a job in place of a word of another tool; `null` = it is no such word. */
export function jobWordHint(word: string): string | null {
  return hints.get(word.toLowerCase()) ?? null;
}
