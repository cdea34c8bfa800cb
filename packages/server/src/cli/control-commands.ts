import type { CommandEntry } from './command-entry.ts';

const jobArg = { name: '[name]', text: { en: 'the job', zh: '任务名称' } };
const nameArg = { ...jobArg, name: '<name>' };
const tagOption = {
  flags: '--tag <tag>',
  text: { en: 'all jobs with this tag instead', zh: '改为所有带此标签的任务' },
};

/** Commands that let jobs rest and make up for what was not run. */
export const controlCommands: readonly CommandEntry[] = [
  {
    path: 'jobs pause',
    args: [jobArg],
    options: [
      tagOption,
      { flags: '--reason <text>', text: { en: 'why, for others to read', zh: '暂停原因' } },
      { flags: '--until <instant>', text: { en: 'resume by itself then', zh: '到此时刻自动恢复' } },
    ],
    text: {
      en: 'let a job rest; its instants are kept as skipped',
      zh: '暂停任务；其间的时刻记为跳过',
    },
    onStore: true,
    load: () => import('./commands/jobs-pause.ts'),
  },
  {
    path: 'jobs resume',
    args: [jobArg],
    options: [
      tagOption,
      {
        flags: '--catch-up <which>',
        text: {
          en: 'what was passed over: drop, latest or all (default drop)',
          zh: '如何处理错过的时刻：drop、latest 或 all（默认 drop）',
        },
      },
      {
        flags: '--skips',
        text: {
          en: 'lift what jobs skip has set, too',
          zh: '同时取消 jobs skip 设置的跳过',
        },
      },
      {
        flags: '--preview',
        text: { en: 'only tell what was passed over', zh: '只显示错过了哪些时刻' },
      },
    ],
    text: { en: 'make a paused or disabled job active', zh: '恢复暂停或停用的任务' },
    onStore: true,
    load: () => import('./commands/jobs-resume.ts'),
  },
  {
    path: 'jobs skip',
    args: [nameArg],
    options: [
      {
        flags: '--next <count>',
        text: { en: 'so many instants to come (default 1)', zh: '接下来的若干时刻（默认 1）' },
      },
      {
        flags: '--date <date>',
        text: { en: 'a day, as 2026-12-24, instead', zh: '改为某一天，如 2026-12-24' },
      },
      { flags: '--reason <text>', text: { en: 'why, for others to read', zh: '跳过原因' } },
    ],
    text: { en: 'pass over instants to come', zh: '跳过将来的时刻' },
    onStore: true,
    load: () => import('./commands/jobs-skip.ts'),
  },
  {
    path: 'jobs backfill',
    args: [nameArg],
    options: [
      { flags: '--from <instant>', text: { en: 'the first instant', zh: '第一个时刻' } },
      { flags: '--to <instant>', text: { en: 'the last instant', zh: '最后一个时刻' } },
      {
        flags: '--force',
        text: { en: 'run again what has run already', zh: '已运行过的也重新运行' },
      },
    ],
    text: { en: 'make up for the instants of a range', zh: '补跑一段时间内的时刻' },
    onStore: true,
    load: () => import('./commands/jobs-backfill.ts'),
  },
];
