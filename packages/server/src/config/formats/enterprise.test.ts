import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type LoadedConfig, parseConfig } from '../load-config.ts';
import { loadTasks } from '../load-tasks.ts';
import { formatProblem } from '../problem.ts';
import { cleanLogs } from './enterprise-log-cleanup.ts';

const environment = { variables: {}, readFile: () => '' };

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'tickwork-enterprise-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

function load(text: string): LoadedConfig {
  const file = join(directory, 'scheduler_config.json');
  const loaded = parseConfig({ file, text }, { environment });
  if (!loaded.ok) throw new Error(loaded.problems.map(formatProblem).join('\n'));
  return loaded.config;
}

function warningsOf({ warnings }: LoadedConfig): readonly string[] {
  return warnings.map(({ line, column, path, message }) => `${line}:${column} ${path}: ${message}`);
}

describe('scheduler_config.json', () => {
  it('is read with comments', () => {
    const config = load(
      '{\n "scheduler": {\n  "max_workers": 10, // 最大工作线程数\n  "check_interval": 1,\n' +
        '  "enable_monitoring": true,\n  "log_level": "INFO"\n },\n' +
        ' "tasks": {"default_timeout": 300, "max_retries": 3, "retry_delay": 5},\n' +
        ' "logging": {"log_dir": "logs", "log_file": "scheduler.log",\n' +
        '  "max_log_size": "10MB", "backup_count": 5}\n}',
    );
    expect(config.format).toBe('enterprise');
    expect(config.settings).toMatchObject({
      concurrency: { function: 10, external: 10 },
      // Scripts of the Python scheduler inherit its whole environment.
      scripts: { roots: [directory], env: ['*'] },
      defaults: { timeout: 300_000, retry: { attempts: 3, delay: 5000 } },
      log: {
        level: 'info',
        file: { path: join(directory, 'logs/scheduler.log'), bytesMax: 10_485_760, backupCount: 5 },
      },
    });
  });

  it('may be a part of it, the rest by default', () => {
    const text =
      '{"scheduler": {"max_workers": 20, "log_level": "WARNING"}, "tasks": {"max_retries": 5}}';
    expect(load(text).settings).toMatchObject({
      concurrency: { external: 20 },
      defaults: { timeout: 300_000, retry: { attempts: 5, delay: 5000 } },
      log: { level: 'warn' },
    });
  });

  it('may hold more than is read, which are warnings', () => {
    const text =
      '{"scheduler": {"max_worker": 2, "check_interval": 1},\n "database": {"url": "$' +
      '{DB}"},\n "predefined_tasks": {"log_cleanup": {"owner": "ops"}}}';
    expect(warningsOf(load(text))).toEqual([
      '2:2 database: is not read.',
      '1:16 scheduler.max_worker: is not read. Did you mean `max_workers`?',
      '3:39 predefined_tasks.log_cleanup.owner: is not read.',
    ]);
  });

  it('is refused with wrong values', () => {
    const file = 'a.json';
    const text =
      '{"predefined_tasks": {"heartbeat": {"enabled": "yes", "interval_seconds": 0}},\n' +
      ' "tasks": {"max_retries": -1}}';
    const loaded = parseConfig({ file, text }, { environment });
    expect(loaded.ok ? [] : loaded.problems.map(({ path }) => path)).toEqual([
      'predefined_tasks.heartbeat.enabled',
      'predefined_tasks.heartbeat.interval_seconds',
      'tasks.max_retries',
    ]);
  });

  it.each(['{"toString": {"a": 1}}', '{"valueOf": {"max_workers": 1}}'])(
    'is not seen in %s',
    (text) => {
      const loaded = parseConfig({ file: 'a.json', text }, { environment });
      expect(loaded.ok).toBe(false);
    },
  );
});

describe('predefined tasks', () => {
  const policies = {
    timeout: 300_000,
    retry: { attempts: 3, delay: 5000 },
    misfire: 'skip',
    overlap: 'queue-one',
  };

  it('are jobs that run at once and then at their interval', () => {
    const config = load(
      '{"predefined_tasks": {\n' +
        ' "data_upload": {"enabled": true, "interval_seconds": 1800, "description": "上传"},\n' +
        ' "heartbeat": {"enabled": false},\n "log_cleanup": {"interval_seconds": 0.5},\n' +
        ' "mine": {"enabled": true, "interval_seconds": 5}\n}}',
    );
    expect(config.jobs).toEqual({
      data_upload: {
        ...policies,
        any: [{ startup: 'node' }, { every: '1800000ms' }],
        task: { script: 'client/updata.py' },
        status: 'active',
        description: '上传',
      },
      heartbeat: {
        ...policies,
        any: [{ startup: 'node' }, { every: '30000ms' }],
        task: { script: 'client/heart_beat.py' },
        status: 'disabled',
        description: '心跳检测',
      },
      log_cleanup: {
        ...policies,
        any: [{ startup: 'node' }, { every: '500ms' }],
        task: 'log_cleanup',
        status: 'active',
        description: '日志清理',
      },
    });
    expect(warningsOf(config)).toEqual([
      '5:2 predefined_tasks.mine: is none of data_upload, sensor_collection, heartbeat, ' +
        'log_cleanup; it runs only as a function of a module in tasks.modules.',
    ]);
  });

  it('run whose scripts are there if the file does not name them', () => {
    mkdirSync(join(directory, 'client'));
    writeFileSync(join(directory, 'client/heart_beat.py'), '');
    const config = load('{"scheduler": {"max_workers": 2}}');
    expect(Object.keys(config.jobs)).toEqual(['heartbeat', 'log_cleanup']);
    expect(warningsOf(config)).toEqual([
      '1:1 predefined_tasks.data_upload: is left out, as client/updata.py is not there.',
      '1:1 predefined_tasks.sensor_collection: is left out, as sensor_data_collection.py is not ' +
        'there.',
    ]);
  });

  it('may be functions of modules that the file names', async () => {
    writeFileSync(join(directory, 'mine.ts'), 'export function mine() {}\n');
    const config = load(
      '{"tasks": {"max_retries": 0, "modules": [{"module": "mine.ts"}]},\n' +
        ' "predefined_tasks": {"mine": {"interval_seconds": 5}, "other": {}}}',
    );
    expect(config.jobs).toMatchObject({ mine: { task: 'mine', status: 'active' } });
    expect(warningsOf(config)).toEqual([
      '2:56 predefined_tasks.other: is left out, as it has no interval_seconds.',
    ]);
    const tasks = await loadTasks(config);
    expect('problems' in tasks ? [] : [...tasks.names]).toEqual(['mine', 'log_cleanup']);
  });
});

it('log_cleanup removes log files older than 7 days, and nothing else', async () => {
  const now = Date.UTC(2026, 0, 20);
  const daysAgo = (days: number): number => now / 1000 - days * 86_400;
  const names = ['a.log', 'a.log.3', 'b.log.2025-12-01.gz', 'kept.log', 'notes.txt', 'x.logic'];
  for (const name of names) {
    const path = join(directory, name);
    writeFileSync(path, '');
    utimesSync(path, daysAgo(8), daysAgo(name === 'kept.log' ? 6 : 8));
  }
  mkdirSync(join(directory, 'old.log'));
  utimesSync(join(directory, 'old.log'), daysAgo(8), daysAgo(8));
  const lines: string[] = [];
  const context = { log: (line: string) => lines.push(line), signal: AbortSignal.timeout(60_000) };
  expect(await cleanLogs(directory, context, now)).toEqual({ removed: 3 });
  expect(readdirSync(directory).sort()).toEqual(['kept.log', 'notes.txt', 'old.log', 'x.logic']);
  expect(lines.at(-1)).toBe('日志清理完成，删除了3个文件');
  expect(await cleanLogs(join(directory, 'none'), context, now)).toEqual({ removed: 0 });
});
