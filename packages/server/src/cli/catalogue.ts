import type { CommandEntry, OptionEntry } from './command-entry.ts';
import { controlCommands } from './control-commands.ts';
import { planningCommands } from './planning-commands.ts';
import type { Text } from './text.ts';

const nameArg = { name: '<name>', text: { en: 'the job', zh: '任务名称' } };
const runArg = { name: '<run-id>', text: { en: 'the run', zh: '运行的编号' } };
const limitOption = {
  flags: '-n, --limit <count>',
  text: { en: 'at most so many (default 20)', zh: '最多显示的数量（默认 20）' },
};
const zoneOption = {
  flags: '--zone <zone>',
  text: { en: 'the IANA time zone; without it the host’s', zh: 'IANA 时区；默认为本机时区' },
};

/** Options that every command takes. */
export const commonOptions: readonly OptionEntry[] = [
  {
    flags: '--json',
    text: {
      en: 'the last line of output is one JSON object',
      zh: '输出的最后一行是一个 JSON 对象',
    },
  },
  { flags: '--lang <lang>', text: { en: 'en or zh-CN', zh: '语言：en 或 zh-CN' } },
];

/** Options of every command that works on a store. */
export const storeOptions: readonly OptionEntry[] = [
  {
    flags: '--file <path>',
    text: {
      en: 'the configuration file (default ./tickwork.yaml)',
      zh: '配置文件（默认 ./tickwork.yaml）',
    },
  },
  {
    flags: '--store <path>',
    text: {
      en: 'the SQLite file, in place of the configured one',
      zh: 'SQLite 文件，代替配置中的值',
    },
  },
];

/** Words that have commands below them. */
export const groups: Readonly<Record<string, Text>> = {
  jobs: { en: 'look at jobs and change their state', zh: '查看任务并改变其状态' },
  runs: { en: 'look at runs, stop or repeat them', zh: '查看、停止或重新执行运行' },
  import: { en: 'read the schedules of other programs', zh: '导入其他程序的调度' },
  db: { en: 'about the store itself', zh: '关于存储本身' },
  config: { en: 'about the configuration file', zh: '关于配置文件' },
};

/** Every command. Help texts, the parser and docs/reference/cli.md follow this table. */
export const commandCatalogue: readonly CommandEntry[] = [
  {
    path: 'run',
    args: [{ name: '[file]', text: { en: 'the configuration file', zh: '配置文件' } }],
    options: [
      { flags: '--name <name>', text: { en: 'how this node calls itself', zh: '本节点的名称' } },
      {
        flags: '--timezone <zone>',
        text: { en: 'the zone of jobs that name none', zh: '未指定时区的任务所用的时区' },
      },
      {
        flags: '--log-level <level>',
        text: { en: 'debug, info, warn or error', zh: '日志级别：debug、info、warn 或 error' },
      },
      {
        flags: '--plain',
        text: { en: 'lines instead of the live view', zh: '只输出日志行，不用实时界面' },
      },
      {
        flags: '--for <duration>',
        text: {
          en: 'stop in good order after this time, as 90s',
          zh: '运行这么长时间后正常停止，例如 90s',
        },
      },
    ],
    text: {
      en: 'run the jobs of a file; opens no port',
      zh: '运行配置文件中的任务；不打开任何端口',
    },
    onStore: true,
    load: () => import('./commands/run.ts'),
  },
  {
    path: 'validate',
    args: [{ name: '[file]', text: { en: 'the configuration file', zh: '配置文件' } }],
    options: [],
    text: { en: 'tell everything that is wrong in a file', zh: '检查配置文件并列出所有错误' },
    onStore: false,
    load: () => import('./commands/validate.ts'),
  },
  {
    path: 'next',
    args: [
      {
        name: '[expression]',
        text: { en: 'a cron expression or @every 5m', zh: 'cron 表达式或 @every 5m' },
      },
    ],
    options: [
      {
        flags: '--job <name>',
        text: { en: 'a job of the store instead', zh: '改为查询存储中的任务' },
      },
      { flags: '-n, --count <count>', text: { en: 'how many (default 5)', zh: '数量（默认 5）' } },
      zoneOption,
      {
        flags: '--seed <name>',
        text: { en: 'the job name that H fields are spread by', zh: 'H 字段散列所用的任务名称' },
      },
      {
        flags: '--after <instant>',
        text: { en: 'later than this (default now)', zh: '晚于此时刻（默认当前时间）' },
      },
    ],
    text: { en: 'the next instants of an expression or job', zh: '表达式或任务的后续触发时刻' },
    onStore: true,
    load: () => import('./commands/next.ts'),
  },
  {
    path: 'describe',
    args: [{ name: '<expression>', text: { en: 'a cron expression', zh: 'cron 表达式' } }],
    options: [zoneOption],
    text: { en: 'an expression in words', zh: '用文字说明表达式' },
    onStore: false,
    load: () => import('./commands/describe.ts'),
  },
  {
    path: 'jobs ls',
    args: [],
    options: [
      limitOption,
      {
        flags: '--status <status>',
        text: { en: 'active, paused or disabled', zh: '状态：active、paused 或 disabled' },
      },
      {
        flags: '--tag <tag>',
        text: { en: 'only those with this tag', zh: '只列出带此标签的任务' },
      },
      { flags: '--search <text>', text: { en: 'a part of the name', zh: '名称的一部分' } },
    ],
    text: { en: 'list jobs', zh: '列出任务' },
    onStore: true,
    load: () => import('./commands/jobs-ls.ts'),
  },
  {
    path: 'jobs show',
    args: [nameArg],
    options: [],
    text: { en: 'a job with its policies and figures', zh: '显示任务及其策略和统计' },
    onStore: true,
    load: () => import('./commands/jobs-show.ts'),
  },
  ...controlCommands,
  {
    path: 'jobs disable',
    args: [nameArg],
    options: [
      { flags: '--reason <text>', text: { en: 'why, for others to read', zh: '停用原因' } },
    ],
    text: { en: 'take a job out of force', zh: '停用任务' },
    onStore: true,
    load: () => import('./commands/jobs-disable.ts'),
  },
  {
    path: 'jobs run',
    args: [nameArg],
    options: [
      {
        flags: '--input <json>',
        text: { en: 'other input than the job’s', zh: '代替任务输入的 JSON' },
      },
      {
        flags: '--wait',
        text: {
          en: 'until it has ended; its state is the exit status',
          zh: '等待结束；以其状态作为退出码',
        },
      },
    ],
    text: { en: 'run a job now, paused or not', zh: '立即运行任务（暂停时亦可）' },
    onStore: true,
    load: () => import('./commands/jobs-run.ts'),
  },
  {
    path: 'jobs rm',
    args: [nameArg],
    options: [],
    text: { en: 'remove a job; its history stays', zh: '删除任务；历史保留' },
    onStore: true,
    load: () => import('./commands/jobs-rm.ts'),
  },
  {
    path: 'runs ls',
    args: [],
    options: [
      limitOption,
      { flags: '--job <name>', text: { en: 'only runs of this job', zh: '只列出此任务的运行' } },
      {
        flags: '--state <states>',
        text: {
          en: 'states with commas, as FAILED,RETRY',
          zh: '以逗号分隔的状态，例如 FAILED,RETRY',
        },
      },
    ],
    text: { en: 'list runs, the latest first', zh: '列出运行，最新的在前' },
    onStore: true,
    load: () => import('./commands/runs-ls.ts'),
  },
  {
    path: 'runs show',
    args: [runArg],
    options: [],
    text: { en: 'a run with its attempts', zh: '显示运行及其各次尝试' },
    onStore: true,
    load: () => import('./commands/runs-show.ts'),
  },
  {
    path: 'runs logs',
    args: [runArg],
    options: [
      { flags: '-f, --follow', text: { en: 'go on until it has ended', zh: '持续输出直到结束' } },
      {
        flags: '--raw',
        text: {
          en: 'as it was written, control characters included',
          zh: '按原样输出，包括控制字符',
        },
      },
    ],
    text: { en: 'what a run has written', zh: '显示运行的输出' },
    onStore: true,
    load: () => import('./commands/runs-logs.ts'),
  },
  {
    path: 'runs cancel',
    args: [runArg],
    options: [],
    text: { en: 'stop a run', zh: '停止运行' },
    onStore: true,
    load: () => import('./commands/runs-cancel.ts'),
  },
  {
    path: 'runs retry',
    args: [runArg],
    options: [],
    text: { en: 'do a finished run’s work again', zh: '重新执行已结束的运行' },
    onStore: true,
    load: () => import('./commands/runs-retry.ts'),
  },
  {
    path: 'import crontab',
    args: [
      {
        name: '[file]',
        text: {
          en: 'a crontab; - is standard input (default)',
          zh: 'crontab 文件；- 表示标准输入（默认）',
        },
      },
    ],
    options: [
      {
        flags: '--system',
        text: {
          en: 'lines have a user column, as /etc/crontab',
          zh: '各行含用户列，如 /etc/crontab',
        },
      },
      zoneOption,
      {
        flags: '--to <directory>',
        text: { en: 'write the files there instead', zh: '改为把文件写入此目录' },
      },
      { flags: '--into <file>', text: { en: 'add the jobs to this file', zh: '把任务加入此文件' } },
    ],
    text: { en: 'a crontab as tickwork.yaml', zh: '把 crontab 转换为 tickwork.yaml' },
    onStore: false,
    load: () => import('./commands/import-crontab.ts'),
  },
  {
    path: 'config schema',
    args: [],
    options: [],
    text: {
      en: 'the JSON Schema of tickwork.yaml, for editors',
      zh: 'tickwork.yaml 的 JSON Schema，供编辑器使用',
    },
    onStore: false,
    load: () => import('./commands/config-schema.ts'),
  },
  {
    path: 'config show',
    args: [{ name: '[file]', text: { en: 'the configuration file', zh: '配置文件' } }],
    options: [],
    text: { en: 'the options in force and where each comes from', zh: '显示生效的选项及其来源' },
    onStore: true,
    load: () => import('./commands/config-show.ts'),
  },
  ...planningCommands,
];
