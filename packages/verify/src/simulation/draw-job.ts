import type { JobInput } from '../../../tickwork/src/core/declaration/job-input.ts';
import type { SeededRandom } from '../../../tickwork/src/testing/seeded-random.ts';
import type { SimulationOptions } from './draw-options.ts';
import type { ScriptInput } from './job-script.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** Retention under which nothing is removed while a simulation lasts. */
const keepsAll = { age: '30d', runs: 1_000_000 } as const;

/** Jobs are paused together by these. */
export const simulatedTags = ['red', 'blue'] as const;

export interface DrawnJob {
  readonly name: string;
  readonly input: JobInput;
}

/** Draws a job: any trigger, any policies, and how its attempts go. */
export function drawJob(
  index: number,
  random: SeededRandom,
  options: SimulationOptions,
  others: readonly string[],
  nowAt: number,
): DrawnJob {
  const poison = options.nodes > 1 && random.chance(0.02);
  const trigger = poison ? { every: '5h' } : drawTrigger(random, options, others, nowAt);
  const name = `${poison ? 'poison' : 'job'}-${index}`;
  const script = drawScript(random);
  const input = {
    trigger,
    task: { kind: 'scripted', name: 'work' },
    input: script,
    ...policiesFor(trigger, random),
    ...(random.chance(0.2) ? { tags: [random.pick(simulatedTags)] } : {}),
  } as unknown as JobInput;
  return { name, input };
}

function drawScript(random: SeededRandom): ScriptInput {
  const least = random.pick([1, 20, 500, 5000]);
  return {
    durationMsMin: least,
    durationMsMax: least * random.pick([2, 20, 100]),
    failChance: random.weighted([
      [3, 0],
      [2, 0.1],
      [1, 0.5],
      [1, 1],
    ]),
    noChance: random.pick([0.1, 0.5]),
    hangChance: random.weighted([
      [4, 0],
      [1, 0.05],
    ]),
    stopMsMax: random.pick([1, 300, 2000]),
  };
}

function drawTrigger(
  random: SeededRandom,
  options: SimulationOptions,
  others: readonly string[],
  nowAt: number,
): unknown {
  const zone = random.pick(options.zones);
  const kinds: [number, () => object][] = [
    [4, () => ({ every: ms(random.logUniform(20 * SECOND, 4 * HOUR)) })],
    [1, () => ({ every: `${random.int(1, 30)}m`, phase: `${random.int(0, 59)}s` })],
    [1, () => ({ every: ms(random.logUniform(20 * SECOND, HOUR)), from: 'end' })],
    [6, () => ({ cron: drawCron(random), zone })],
    [2, () => ({ daily: [timeOfDay(random), timeOfDay(random)], zone })],
    [1, () => ({ weekly: `mon,wed,sat,sun ${timeOfDay(random)}`, zone })],
    [1, () => ({ monthly: `1,15,last ${timeOfDay(random)}`, zone })],
    [1, () => ({ everyDays: 2, at: timeOfDay(random), anchor: '2025-01-01', zone })],
    [1, () => ({ once: Math.floor(nowAt + (0.5 + random.next() * options.hours) * HOUR) })],
    [1, () => ({ random: { min: '1m', max: '20m' } })],
    [0.6, () => ({ startup: random.pick(['node', 'cluster']) })],
  ];
  if (others.length > 0) {
    kinds.push([
      1,
      () => ({ after: random.pick(others), on: random.pick(['success', 'completion']) }),
    ]);
  }
  const trigger = random.weighted(kinds)();
  if ('startup' in trigger) return trigger;
  if (random.chance(0.06)) return { ...trigger, runsMax: random.int(2, 30) };
  if (random.chance(0.1)) return [trigger, { daily: timeOfDay(random), zone }];
  if (random.chance(0.15) && 'cron' in trigger)
    return { ...trigger, jitter: `${random.int(1, 20)}s` };
  return trigger;
}

/** Minutes, hours and nights of clock changes above all. */
function drawCron(random: SeededRandom): string {
  const night = random.int(0, 4);
  const at = random.int(0, 59);
  return random.pick([
    '*/5 * * * *',
    `*/${random.pick([2, 10, 15, 20])} * * * *`,
    `${at} * * * *`,
    `${at} */2 * * *`,
    `${at} ${night} * * *`,
    `${random.pick([0, 30])} ${night} * * *`,
    `*/10 ${night} * * *`,
    `15,45 1-3 * * *`,
    `0 0-23 * * *`,
    `${at} ${night} * * sun,sat`,
    `30 ${at} 2 * * *`,
    `${at} 0 L * *`,
  ]);
}

function timeOfDay(random: SeededRandom): string {
  const hour = random.chance(0.6) ? random.int(0, 3) : random.int(0, 23);
  const minute = random.pick([0, 15, 30, random.int(0, 59)]);
  return `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`;
}

/** Policies for a job with this trigger. */
export function policiesFor(trigger: unknown, random: SeededRandom): object {
  return { ...drawPolicies(random), ...drawLimits(random), ...drawFailurePolicy(trigger, random) };
}

function drawLimits(random: SeededRandom): object {
  const none = {};
  return {
    ...random.weighted<object>([
      [12, none],
      [1, { concurrency: 1 }],
      [1, { concurrency: { key: 'shared', max: 2 } }],
    ]),
    ...random.weighted<object>([
      [12, none],
      [1, { pool: 'narrow', weight: random.int(1, 2) }],
      [1, { pool: 'wide', weight: random.int(1, 6) }],
    ]),
    ...random.weighted<object>([
      [12, none],
      [1, { rate: { max: random.int(1, 3), per: '1m' } }],
      [1, { rate: { max: 4, per: '5m', key: 'crowd' } }],
    ]),
    ...random.weighted<object>([
      [8, none],
      [1, { startWithin: '3s' }],
      [1, { startWithin: '1m' }],
    ]),
    ...(random.chance(0.1) ? { onlyIf: { kind: 'gate', name: 'open' } } : none),
  };
}

/** Only for triggers whose instants are known beforehand: others would have to be followed. */
function drawFailurePolicy(trigger: unknown, random: SeededRandom): object {
  const text = JSON.stringify(trigger);
  const moves = /"(random|from|after|startup|runsMax)"/.test(text);
  if (moves || !random.chance(0.15)) return {};
  const retryAfter = random.pick(['10s', '2m']);
  const pauseAfter = random.int(1, 4);
  return {
    onFailure: random.pick([{ retryAfter }, { pauseAfter }, { retryAfter, pauseAfter }]),
  };
}

function drawPolicies(random: SeededRandom): object {
  return {
    misfire: random.pick([
      'fire-once',
      'skip',
      'fire-all',
      { mode: 'fire-once', maxAge: '10m' },
      { mode: 'fire-all', maxRuns: 3 },
      { mode: 'skip', grace: '20s' },
    ]),
    overlap: random.pick([
      'skip',
      'queue-one',
      'queue-all',
      'cancel-previous',
      'allow',
      { mode: 'queue-all', maxWaiting: 2 },
    ]),
    retry: random.pick([
      3,
      false,
      { attempts: 2, delay: '2s' },
      { attempts: 4, backoff: 'exponential', delay: '1s', factor: 2, maxDelay: '20s', jitter: 0.5 },
      { attempts: 3, backoff: 'list', delays: ['1s', '5s', '30s'] },
    ]),
    timeout: random.pick(['2m', '20s', '1m']),
    cancelGrace: '5s',
    onNodeLoss: random.weighted([
      [3, 'retry'],
      [1, 'fail'],
    ]),
    priority: random.int(-5, 5),
    retention: random.weighted([
      [6, keepsAll],
      [1, { age: '1h', runs: 1_000_000 }],
      [1, { age: '20m', runs: 1_000_000 }],
      [1, { age: '30d', runs: 30 }],
    ]),
  };
}

function ms(value: number): string {
  return value > MINUTE ? `${Math.round(value / SECOND)}s` : `${Math.round(value)}ms`;
}
