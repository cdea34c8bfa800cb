import { expect, it } from 'vitest';
import { Lifecycle } from './lifecycle.ts';

function setUp(fails: 'start' | null = null) {
  const steps: string[] = [];
  const act = async (name: string): Promise<void> => {
    steps.push(`${name} begins`);
    await Promise.resolve();
    if (name === fails) throw new Error(`no ${name}`);
    steps.push(`${name} ends`);
  };
  const lifecycle = new Lifecycle<null>({ start: () => act('start'), stop: () => act('stop') });
  return { lifecycle, steps };
}

it('takes starts and stops in their order, the last word counts', async () => {
  const { lifecycle, steps } = setUp();
  await Promise.all([lifecycle.start(), lifecycle.stop(null), lifecycle.start()]);
  const once = (name: string): readonly string[] => [`${name} begins`, `${name} ends`];
  expect(steps).toEqual([...once('start'), ...once('stop'), ...once('start')]);
});

it('shares equal steps that follow each other', async () => {
  const { lifecycle, steps } = setUp();
  await Promise.all([lifecycle.start(), lifecycle.start(), lifecycle.stop(null)]);
  await Promise.all([lifecycle.stop(null), lifecycle.stop(null)]);
  expect(steps.filter((step) => step.endsWith('begins'))).toEqual([
    'start begins',
    'stop begins',
    'stop begins',
  ]);
});

it('tells a failure to whoever asked, and goes on', async () => {
  const { lifecycle, steps } = setUp('start');
  const [started, stopped] = await Promise.allSettled([lifecycle.start(), lifecycle.stop(null)]);
  expect([started.status, stopped.status]).toEqual(['rejected', 'fulfilled']);
  expect(steps).toEqual(['start begins', 'stop begins', 'stop ends']);
});
