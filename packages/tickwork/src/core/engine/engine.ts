import { TickworkError } from '../base/errors.ts';
import { Membership } from '../cluster/membership.ts';
import { StoreClock } from '../cluster/store-clock.ts';
import { Completer, type PendingEnd } from '../completion/completer.ts';
import { completionOf } from '../completion/completion-of.ts';
import { Dependents } from '../completion/dependents.ts';
import { Aftermath } from '../completion/run-effects.ts';
import { Dispatcher } from '../dispatcher/dispatcher.ts';
import { Handlers } from '../dispatcher/handlers.ts';
import { letsOthersIn } from '../dispatcher/limits-of.ts';
import { misfireLookup } from '../dispatcher/misfire-lookup.ts';
import { Emitter } from '../events/emitter.ts';
import { type EndedAttempt, Executor } from '../executor/executor.ts';
import { Reporter } from '../executor/reporter.ts';
import type { JobState } from '../model/job.ts';
import type { NewRun, Run } from '../model/run.ts';
import { adoptable, startupRuns } from '../planner/new-runs.ts';
import { Planner } from '../planner/planner.ts';
import type { PlanWrite } from '../ports/job-store.ts';
import type { RunReport } from '../ports/run-store.ts';
import type { SlotKind } from '../ports/task-kind.ts';
import type { Reaper } from '../recovery/reaper.ts';
import { Pruner } from '../retention/pruner.ts';
import type { Instant } from '../time/instant.ts';
import { ZoneTable } from '../time/zone-table.ts';
import { Alarm } from './alarm.ts';
import { Definitions } from './definitions.ts';
import * as tell from './emit-events.ts';
import type { EngineParts } from './engine-parts.ts';
import { IdleWait } from './idle-wait.ts';
import { LifeGuard } from './life-guard.ts';
import { type Loops, makeLoops } from './loops.ts';
import { makeReaper } from './make-reaper.ts';
import { Signals } from './signals.ts';
import { TriggerCache } from './trigger-cache.ts';
import { Troubles } from './troubles.ts';
import { warnOfClock } from './warn-of-clock.ts';

/** How long output and progress are gathered before they are written. */
const REPORT_EVERY_MS = 300;

/**
 * The engine of one node: it builds the stages, connects them, and runs their loops.
 *
 *   planner ──rows──▶ dispatcher ──starts──▶ executor ──ends──▶ completer
 *                                    starter: what it begins at its instant
 *   reaper: runs of dead nodes    membership: this node's lease    pruner: old runs
 *   signals: what other processes have written
 *
 * It holds no rules; each stage's decisions are pure functions in the stage's folder.
 */
export class Engine {
  readonly parts: EngineParts;
  readonly clock: StoreClock;
  readonly emitter: Emitter;
  readonly troubles: Troubles;
  readonly zones: ZoneTable;
  readonly triggers: TriggerCache;
  readonly definitions: Definitions;
  readonly handlers: Handlers;
  readonly planner: Planner;
  readonly membership: Membership;
  readonly executor: Executor;
  readonly #alarm: Alarm;
  readonly #dependents: Dependents;
  readonly #aftermath: Aftermath;
  readonly #dispatcher: Dispatcher;
  readonly #completer: Completer;
  readonly #reporter: Reporter;
  readonly #signals: Signals;
  readonly #reaper: Reaper;
  readonly #loops: Loops;
  readonly #idle: IdleWait;
  #started = false;
  #joinedBefore = false;

  constructor(parts: EngineParts) {
    this.parts = parts;
    const { store, timings } = parts;
    this.clock = new StoreClock(parts.clock);
    const now = (): Instant => this.clock.now();
    this.emitter = new Emitter(this.clock, parts.logger);
    const { emitter } = this;
    this.troubles = this.#makeTroubles();
    this.#alarm = new Alarm(this.clock, parts.timers);
    this.#idle = new IdleWait(this.clock, this.#alarm);
    this.zones = new ZoneTable(parts.zoneData);
    this.triggers = new TriggerCache(store, this.zones);
    this.definitions = new Definitions(store);
    this.handlers = new Handlers(parts.taskKinds);
    this.#dependents = new Dependents(store);
    this.#aftermath = new Aftermath({
      store,
      emitter,
      dependents: this.#dependents,
      onPaused: () => this.jobsChanged(),
    });
    const workOf = (runs: readonly Run[]) => this.definitions.workOf(runs);
    const nodeId = (): string => this.membership.nodeId;
    this.membership = this.#makeMembership();
    this.planner = new Planner({
      ...{ store, now, horizonMs: timings.horizonMs },
      factsOf: (job) => this.triggers.factsOf(job),
      reserve: (runs) =>
        this.membership.isUp && this.#started
          ? this.#dispatcher.reserve(runs)
          : runs.map((run) => ({ ...run, nodeId: null })),
      onPlanned: (job, write) => this.#onPlanned(job, write),
      onConflict: () => this.#dispatcher.wantClaim(),
      onUnknown: () => this.#dispatcher.wantRecovery(),
      onBroken: (job, error) => this.troubles.note('planner', error, `job ${job.name}`),
    });
    this.executor = new Executor({
      clock: this.clock,
      slots: parts.concurrency,
      onStandby: () => this.#loops.starter.nudge(),
      onBegun: (attempt) => tell.started(this.emitter, attempt),
      onEnded: (ended) => this.#onEnded(ended),
      onReport: () => this.#reporter.note(),
      // The pass finds the earliest deadline of all, the lease's included.
      onDeadline: () => this.#loops.deadlines.nudge(),
    });
    this.#dispatcher = new Dispatcher({
      ...{ store, now, nodeId, workOf, handlers: this.handlers, horizonMs: timings.horizonMs },
      jobStatusOf: (run) => this.#dependents.statusOf(run.jobId),
      misfireLookup: misfireLookup(store),
      holdsLease: () => this.membership.check(),
      freeSlots: (slotKind) => (this.#started ? this.#freeSlots(slotKind) : 0),
      isBusy: (runId, fence) =>
        this.executor.isRunning(runId, fence) || this.#completer.isPending(runId, fence),
      execute: (started) => this.executor.start(started),
      onReplaced: (runIds) => {
        for (const runId of runIds) this.executor.stop(runId, 'overlap');
      },
      onSkipped: (run, settlement) => tell.skipped(this.emitter, run, settlement),
    });
    this.#reporter = this.#makeReporter();
    this.#completer = new Completer({
      store,
      flushReports: () => this.#reporter.flush(),
      onAccepted: (end, letsIn) => this.#onAccepted(end, letsIn),
      onRefused: ({ completion }) => tell.refused(this.emitter, completion),
      onRoom: () => this.#loops.dispatcher.nudge(),
    });
    this.#signals = this.#makeSignals();
    this.#reaper = makeReaper(parts, {
      ...{ clock: this.clock, emitter, definitions: this.definitions, nodeId },
      aftermath: this.#aftermath,
      handlers: this.handlers,
      claimSoon: () => this.claimSoon(),
    });
    this.#loops = this.#makeLoops();
  }

  get isStarted(): boolean {
    return this.#started;
  }

  /** Joins the cluster, recovers what was lost on this host, and begins to work. */
  async start(): Promise<void> {
    if (this.#started) return;
    await this.clock.measure(this.parts.store);
    await warnOfClock(this.parts, this.clock.now());
    await this.#refreshJobs();
    await this.#reaper.reapGone();
    await this.membership.join();
    this.#started = true;
    for (const loop of Object.values(this.#loops)) loop.start();
  }

  /** See `Scheduler.stop`. */
  async stop(options: { readonly drain: boolean; readonly timeoutMs: number }): Promise<void> {
    if (!this.#started) return;
    this.#started = false;
    const { planner, dispatcher, starter, reaper, pruner, signals } = this.#loops;
    await Promise.all([planner, dispatcher, starter, reaper, pruner].map((loop) => loop.stop()));
    this.#dispatcher.forget();
    this.executor.dismiss('shutdown');
    if (options.drain) await this.#untilIdle(options.timeoutMs);
    this.executor.stopAll('shutdown');
    await this.#untilIdle(Number.POSITIVE_INFINITY);
    await signals.stop();
    await this.#writeEnds();
    await Promise.all(Object.values(this.#loops).map((loop) => loop.stop()));
    const { nodeId } = this.membership;
    await this.membership.leave();
    this.#joinedBefore = false;
    this.troubles.clear();
    this.emitter.emit('node.stopped', { nodeId });
  }

  /** Lets every loop look now: something may have changed. */
  nudgeAll(): void {
    this.#loops.planner.nudge();
    this.claimSoon();
  }

  /** Lets what is due be claimed together with the write that stores it. */
  expect(runs: readonly NewRun[]): void {
    if (this.#started && this.#dispatcher.expect(runs)) this.#loops.dispatcher.nudge();
  }

  /** There may be runs to claim. */
  claimSoon(): void {
    this.#dispatcher.wantClaim();
    this.#loops.dispatcher.nudge();
  }

  /** A task was registered: this node can run more than before. */
  handlersChanged(): void {
    this.handlers.refresh();
    this.claimSoon();
  }

  /** Reads again what is kept in memory of jobs and calendars. */
  async jobsChanged(): Promise<void> {
    await this.#refreshJobs();
    this.nudgeAll();
  }

  #makeTroubles(): Troubles {
    const { clock, emitter } = this;
    const { logger, store } = this.parts;
    const troubles = new Troubles({ clock, emitter, logger, isUp: () => this.membership.isUp });
    store.watchFaults?.(({ code, message: reason, jobName, runId }) => {
      const subject = jobName === null ? `run ${runId}` : `job ${jobName}`;
      const error = new TickworkError(code, { reason });
      troubles.note('store', error, jobName === null && runId === null ? 'a row' : subject);
    });
    return troubles;
  }

  #makeMembership(): Membership {
    const { timings, logger } = this.parts;
    return new Membership({
      ...{ ...this.parts, ...timings, clock: this.clock },
      onDoubt: () => {
        this.#loops.membership.nudge();
        this.#loops.deadlines.nudge();
      },
      onFenced: (id) => this.#onFenced(id),
      onJoined: (id, first) => this.#onJoined(id, first),
      onClockStep: (stepMs) => this.#onClockStep(stepMs),
      onOutage: () => this.#reaper.suspend(),
      onHeartbeatFailed: (error) => logger.log('warn', 'the heartbeat ended', { error }),
    });
  }

  #makeReporter(): Reporter {
    const soon = (): void =>
      this.#alarm.set(this.#loops.reports.nudge, this.clock.now() + REPORT_EVERY_MS);
    const onDropped = (report: RunReport, error: unknown): void =>
      this.troubles.note('reporter', error, `the output of run ${report.runId}`);
    return new Reporter(this.parts.store, () => this.executor.takeReports(), soon, onDropped);
  }

  #makeSignals(): Signals {
    const { store, clock, timings } = this.parts;
    return new Signals({
      ...{ store, clock, everyMs: timings.pollEveryMs },
      now: () => this.clock.now(),
      nodeId: () => this.membership.nodeId,
      onChange: () => this.nudgeAll(),
      onJobsChanged: () => this.#refreshJobs(),
      onCancel: (runId, reason) => this.executor.stop(runId, reason),
      onWallStep: () => this.#loops.membership.nudge(),
    });
  }

  #makeLoops(): Loops {
    const { store, timings, random, policies, logger } = this.parts;
    const { clock, emitter, membership } = this;
    const every = { everyMs: timings.pruneEveryMs, defaults: policies.retention };
    const pruner = new Pruner({ store, now: () => clock.now(), ...every });
    const common = { clock, random, troubles: this.troubles, alarm: this.#alarm };
    const { pollEveryMs } = timings;
    const guard = new LifeGuard({ membership, clock, emitter, logger, pollEveryMs });
    return makeLoops(common, (pass) => guard.around(pass), {
      membership: () => this.membership.pass(),
      planner: () => guard.whileUp(() => this.planner.pass()),
      dispatcher: () => guard.whileUp(() => this.#dispatcher.pass()),
      starter: () => guard.whileUp(async () => this.executor.beginDue()),
      completer: () => this.#thenTell(() => this.#completer.pass()),
      reports: () => this.#reporter.pass(),
      deadlines: async () => this.#deadlinesPass(),
      signals: () => this.#signals.pass(),
      reaper: () => guard.whileUp(() => this.#thenTell(() => this.#reaper.pass())),
      pruner: () => pruner.pass(),
    });
  }

  async #thenTell(pass: () => Promise<Instant | null>): Promise<Instant | null> {
    const nextAt = await pass();
    await this.#aftermath.tell();
    return nextAt;
  }

  #deadlinesPass(): Instant | null {
    this.membership.check();
    const inMs = [this.executor.sweep(), this.membership.checkInMs()].filter((ms) => ms !== null);
    if (inMs.length === 0) return null;
    return this.clock.now() + Math.max(1, Math.ceil(Math.min(...inMs)));
  }

  async #refreshJobs(): Promise<void> {
    await this.triggers.refresh();
    await this.#dependents.refresh();
  }

  async #onJoined(nodeId: string, first: boolean): Promise<void> {
    this.#dispatcher.wantRecovery();
    await this.#dispatcher.giveBack();
    await this.#reaper.pass();
    if (!this.#joinedBefore) await this.#fireStartup(nodeId, first);
    this.#joinedBefore = true;
    this.emitter.emit('node.started', { nodeId });
    this.#loops.deadlines.nudge();
    this.nudgeAll();
  }

  async #fireStartup(nodeId: string, first: boolean): Promise<void> {
    const jobs = this.#dependents.startupJobs(first ? ['node', 'cluster'] : ['node']);
    if (jobs.length === 0) return;
    const at = this.clock.now();
    await this.parts.store.enqueueRuns(startupRuns(jobs, nodeId, at), at);
  }

  /** Others may not have renewed their leases for the new time yet: they are given a while. */
  #onClockStep(stepMs: number): void {
    this.#reaper.suspend();
    this.emitter.emit('clock.step', { stepMs });
    this.nudgeAll();
  }

  #onFenced(nodeId: string): void {
    this.emitter.emit('node.lost', { nodeId, self: true });
    this.executor.stopAll('fenced');
    this.#reaper.giveUp(nodeId);
    this.#dispatcher.forget();
    this.#loops.membership.nudge();
  }

  #freeSlots(slotKind: SlotKind): number {
    return this.#completer.isFull ? 0 : this.executor.freeSlots(slotKind);
  }

  #onPlanned(job: JobState, write: PlanWrite): void {
    const isCurrent = job.revision === write.expected.revision;
    if (isCurrent) this.definitions.remember(job.id, job.revision, job.definition);
    this.#dispatcher.adopt(adoptable(job, write));
    tell.planned(this.emitter, job, write);
    if (write.runs.some((run) => run.nodeId === null)) this.#dispatcher.wantClaim();
    this.#loops.dispatcher.nudge();
  }

  #onEnded(ended: EndedAttempt): void {
    const { attempt, endedAt } = ended;
    const { run, work } = attempt.started;
    const chance = this.parts.random.next();
    const completion = completionOf(ended, chance, ({ state, error }) =>
      this.#aftermath.of(run, work, { state, error, at: endedAt }),
    );
    if (ended.abandoned) tell.abandoned(this.emitter, attempt.started);
    this.#completer.add({ ended, completion, report: attempt.takeReport(true) });
    this.#loops.completer.nudge();
    this.#loops.dispatcher.nudge();
    if (this.executor.runningCount === 0) this.#idle.end();
  }

  #onAccepted(end: PendingEnd, letsIn: boolean): void {
    const { completion, ended } = end;
    if (ended === null) return;
    const { run, work, attempt } = ended.attempt.started;
    tell.finished(this.emitter, run, attempt, completion);
    this.#aftermath.noteAccepted(run, completion);
    const news = completion.followUps.length > 0 || completion.state === 'RETRY';
    if (news || letsIn || letsOthersIn(run, work.policies)) this.claimSoon();
    const kind = this.definitions.peek(run)?.trigger.kind;
    if (kind === 'fixed-delay' || kind === 'any') this.#loops.planner.nudge();
  }

  async #untilIdle(timeoutMs: number): Promise<void> {
    if (this.executor.runningCount === 0) return;
    await this.#idle.until(timeoutMs);
  }

  /** Ends that the store does not take in time are recovered by others, as lost ones. */
  async #writeEnds(): Promise<void> {
    await this.#loops.completer.stop();
    await this.#completer.writeLast((error) => {
      this.parts.logger.log('error', 'the last ends could not be written', { error });
    });
  }
}
