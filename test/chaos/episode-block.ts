import { writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Run } from '../../packages/tickwork/src/core/model/run.ts';
import { judge, type Verdict } from './judge.ts';
import { Site, timingsOf } from './site.ts';
import { linesOf, releaseOf } from './witness.ts';

export interface BlockPlan {
  readonly leaseMs: number;
  /**
   * How long the handler keeps the event loop of its process from running while the other
   * looks on; `null`: until the other has taken the run over.
   */
  readonly blockMs: number | null;
  readonly blockMsMax: number;
  /** True: the process is stopped by a signal besides. */
  readonly stopped: boolean;
}

export interface BlockOutcome {
  readonly verdict: Verdict;
  readonly run: Run | null;
  /** The processes that began an attempt, in order. */
  readonly pids: readonly number[];
  /** Nodes that were declared dead by others. */
  readonly lostCount: number;
}

/** A handler blocks the event loop of its process while another process looks on. */
export async function blockEpisode(plan: BlockPlan): Promise<BlockOutcome> {
  const { leaseMs, blockMsMax } = plan;
  const timings = { ...timingsOf(leaseMs), blockMsMax };
  const site = new Site({ machines: 2, leaseMs, timings, jobs: {} });
  const [busy, other] = site.machines;
  if (busy === undefined || other === undefined) throw new Error('a site has two machines');
  try {
    await site.declareJobs();
    await site.startAndWait(busy);
    const scheduler = await site.open();
    const { runId } = await scheduler.enqueue('block');
    site.acknowledged.push(runId);
    const starts = () => linesOf(site.lines(), 'start');
    await site.until('the handler blocks', () => starts().length > 0);
    if (plan.stopped) busy.stop();
    // The other one comes later, so that it cannot take the run from the start.
    const fault = site.beginFault('pause', busy.name);
    await site.startAndWait(other);
    if (plan.blockMs !== null) await sleep(plan.blockMs);
    else await site.until('the run is taken over', () => starts().length > 1);
    writeFileSync(releaseOf(site.witness), '');
    if (plan.stopped) busy.go();
    await site.until('the handler has ended', () =>
      linesOf(site.lines(), 'end').some(({ attempt }) => attempt === 1),
    );
    await site.until('its process has told what became of it', () =>
      linesOf(site.lines(), 'ack').some(({ fence }) => fence === 1),
    );
    fault.endAt = Date.now();
    await scheduler.close();
    const endAt = Date.now();
    await site.terminate();
    const lines = site.lines();
    const verdict = await judge(site, endAt, { checked: false });
    const after = await site.open();
    const { run } = await after.findRun(runId);
    await after.close();
    return {
      ...{ verdict, run },
      pids: starts().map(({ pid }) => pid),
      lostCount: linesOf(lines, 'lost').filter(({ self }) => !self).length,
    };
  } finally {
    await site.remove();
  }
}
