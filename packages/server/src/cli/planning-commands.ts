import type { CommandEntry } from './catalogue.ts';

/** The commands that ask about plans, past and coming. */
export const planningCommands: readonly CommandEntry[] = [
  {
    path: 'audit',
    args: [],
    options: [
      {
        flags: '--since <when>',
        text: {
          en: 'from where on: 7d (default) or an instant',
          zh: '起点：7d（默认）或某个时刻',
        },
      },
      { flags: '--job <name>', text: { en: 'only this job', zh: '只审计此任务' } },
    ],
    text: {
      en: 'compute the plan again and compare it with what happened; 1 if they differ',
      zh: '重新计算计划并与实际记录比较；不一致时退出码为 1',
    },
    onStore: true,
    load: () => import('./commands/audit.ts'),
  },
  {
    path: 'explain',
    args: [{ name: '<name>', text: { en: 'the job', zh: '任务名称' } }],
    options: [
      {
        flags: '--at <instant>',
        text: { en: 'the instant in question, as 2026-12-01T02:00', zh: '要解释的时刻' },
      },
    ],
    text: {
      en: 'why a job did or did not run at an instant',
      zh: '说明任务在某时刻为何运行或没有运行',
    },
    onStore: true,
    load: () => import('./commands/explain.ts'),
  },
];
