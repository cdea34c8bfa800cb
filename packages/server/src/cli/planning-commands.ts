import type { CommandEntry } from './command-entry.ts';

const nameArg = { name: '<name>', text: { en: 'the job', zh: '任务名称' } };
const fileArg = { name: '[file]', text: { en: 'the configuration file', zh: '配置文件' } };

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
    args: [nameArg],
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
  {
    path: 'lint',
    args: [
      {
        name: '[file]',
        text: {
          en: 'the configuration file; with --store alone the stored jobs',
          zh: '配置文件；只给 --store 时检查存储中的任务',
        },
      },
    ],
    options: [
      {
        flags: '--sarif',
        text: { en: 'print a SARIF 2.1.0 log for review tools', zh: '输出 SARIF 2.1.0 日志' },
      },
    ],
    text: {
      en: 'tell what is likely to be meant otherwise or to go wrong; 1 if there is anything',
      zh: '指出可能的误解和隐患；有发现时退出码为 1',
    },
    onStore: true,
    load: () => import('./commands/lint.ts'),
  },
  {
    path: 'simulate',
    args: [
      {
        name: '[file]',
        text: {
          en: 'the configuration file; with --store alone the stored jobs',
          zh: '配置文件；只给 --store 时模拟存储中的任务',
        },
      },
    ],
    options: [
      {
        flags: '--from <instant>',
        text: { en: 'the beginning (default now)', zh: '起点（默认当前时间）' },
      },
      {
        flags: '--to <when>',
        text: {
          en: 'the end, an instant or a length as 7d (default)',
          zh: '终点：时刻或长度，例如 7d（默认）',
        },
      },
      {
        flags: '--assume <length>',
        text: {
          en: 'what runs take that were never measured (default 30s)',
          zh: '没有测量数据的运行所用的时长（默认 30s）',
        },
      },
      {
        flags: '--use <figure>',
        text: { en: 'mean (default) or p95 of what runs took', zh: '用均值 mean（默认）或 p95' },
      },
      {
        flags: '--nodes <count>',
        text: { en: 'how many nodes share the work (default 1)', zh: '分担工作的节点数（默认 1）' },
      },
    ],
    text: {
      en: 'what would run in a period: load, peaks, collisions, quiet windows',
      zh: '模拟一段时间：负载、峰值、冲突与空闲时段',
    },
    onStore: true,
    load: () => import('./commands/simulate.ts'),
  },
  {
    path: 'verify',
    args: [
      {
        name: '[file]',
        text: {
          en: 'JSON lines of a history; - is standard input (default)',
          zh: '历史记录的 JSON 行文件；- 表示标准输入（默认）',
        },
      },
    ],
    options: [
      {
        flags: '--verbose',
        text: {
          en: 'every violation, not only the first 100',
          zh: '列出全部违规，而不只前 100 条',
        },
      },
    ],
    text: {
      en: 'judge a recorded history; 1 if a promise was broken or nothing was due',
      zh: '评判一份历史记录；违背承诺或没有任何到期时刻时退出码为 1',
    },
    onStore: false,
    load: () => import('./commands/verify.ts'),
  },
  {
    path: 'plan',
    args: [fileArg],
    options: [
      {
        flags: '--days <count>',
        text: { en: 'compare instants so far ahead (default 30)', zh: '比较的天数（默认 30）' },
      },
    ],
    text: {
      en: 'what applying a file would change, with the instants that come and go',
      zh: '显示应用配置文件将带来的变化，包括增减的时刻',
    },
    onStore: true,
    load: () => import('./commands/plan.ts'),
  },
  {
    path: 'apply',
    args: [fileArg],
    options: [{ flags: '-y, --yes', text: { en: 'without asking', zh: '不再询问' } }],
    text: {
      en: 'make the stored jobs those of a file, after showing what changes',
      zh: '显示变化后，使存储中的任务与配置文件一致',
    },
    onStore: true,
    load: () => import('./commands/apply.ts'),
  },
  {
    path: 'jobs revisions',
    args: [nameArg],
    options: [],
    text: { en: 'the definitions that a job had', zh: '任务的历次定义' },
    onStore: true,
    load: () => import('./commands/jobs-revisions.ts'),
  },
  {
    path: 'jobs rollback',
    args: [nameArg],
    options: [{ flags: '--to <revision>', text: { en: 'which revision', zh: '目标版本' } }],
    text: {
      en: 'save a former definition as a new revision',
      zh: '把以前的定义存为新版本',
    },
    onStore: true,
    load: () => import('./commands/jobs-rollback.ts'),
  },
  {
    path: 'doctor',
    args: [],
    options: [],
    text: {
      en: 'look for broken promises and work that stands still; 1 if there is anything',
      zh: '检查被破坏的约定和停滞的工作；有发现时退出码为 1',
    },
    onStore: true,
    load: () => import('./commands/doctor.ts'),
  },
  {
    path: 'db repair',
    args: [],
    options: [
      { flags: '--yes', text: { en: 'do it, not only say it', zh: '执行修复，而不仅是说明' } },
    ],
    text: {
      en: 'say what a repair of the store would do; 1 if there is anything',
      zh: '说明修复存储会做什么；有发现时退出码为 1',
    },
    onStore: true,
    load: () => import('./commands/db-repair.ts'),
  },
];
