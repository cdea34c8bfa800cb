import type { ResultFile } from '../chaos/result-file.ts';
import { type Summary, summarise } from '../chaos/summary.ts';

/** What `npm run sim -- … --json` printed, kept in a file; further fields are not shown. */
export interface SimulationResult {
  readonly verdict: string;
  readonly seed: number;
  readonly seedCount: number;
  readonly clusterDays: number;
  readonly mustCount: number;
  readonly startCount: number;
  readonly violations: Readonly<Record<string, number>>;
  readonly failedSeeds: readonly number[];
  readonly durationMs: number;
  /** Added by hand or by the program; absent: not known. */
  readonly commit?: string;
}

export interface Named<Result> {
  /** The file's name. */
  readonly name: string;
  readonly result: Result;
}

const HEAD = `# Reliability

This page is made from result files by \`npm run reliability\`; do not edit it by hand. Failures
stay on it until a batch of the same kind is run again without them and its file is replaced.
`;

/** The page, from all kept results. Pure. */
export function reliabilityPage(
  chaos: readonly Named<ResultFile>[],
  simulations: readonly Named<SimulationResult>[],
): string {
  return [HEAD, ...chaosPart(chaos), ...simulationPart(simulations)].join('\n');
}

function chaosPart(all: readonly Named<ResultFile>[]): string[] {
  const intro = `## Real processes on SQLite

Processes that share a file are killed (SIGKILL), stopped (SIGSTOP for 0.5 to 4 leases), and
started again at random moments; their disk is filled, their file made read-only, their clock set
by up to two days. The tasks write what they see to files of the harness. Afterwards every instant
is accounted for by the audit and by a checker with its own computation of what was due, no attempt
may have begun twice, no result of an attempt may count that had been replaced, every acknowledged
request must be there, and SQLite's \`integrity_check\` must be \`ok\`. Repeat it with

    npm run chaos -- --kills 500 --stops 100 --long 20 --disk 50 --readonly 50 --clock 100 --seed 1
`;
  if (all.length === 0) return [intro, 'No result is kept.\n'];
  return [intro, ...all.map(({ name, result }) => chaosText(name, result))];
}

function chaosText(name: string, file: ResultFile): string {
  const { commit, changed, seed, machine, startedAt } = file;
  const summary = summarise(file.episodes);
  const rows = rowsOf(summary).map(([what, value]) => `| ${what} | ${value} |`);
  const base = changed ? `${commit} with changes` : commit;
  return `### ${name}

Commit ${base}, seed ${seed}, ${startedAt.slice(0, 10)}; ${machine.cpu}, ${machine.cores} cores,
${machine.memoryGb} GB, ${machine.system}, Node ${machine.node}.

| What | Count |
| --- | ---: |
${rows.join('\n')}

${recoveryText(summary)}
${failpointText(summary)}
${failureText(summary)}`;
}

function rowsOf(summary: Summary): [string, number | string][] {
  return [
    ['episodes', summary.episodes],
    ['SIGKILL', summary.kills],
    ['SIGSTOP', summary.stops],
    ['disk full', summary.diskFull],
    ['file read-only', summary.readOnly],
    ['clock set', summary.clockSteps],
    ['attempts seen', summary.starts],
    ['instants due, by the checker', summary.due],
    ['instants compared by the audit', summary.audited],
    ['requests acknowledged', summary.requests],
    ['runs taken over', summary.takeovers],
    ['late results refused', summary.refusedResults],
    ['fenced overlaps', summary.fencedOverlaps],
    ['starts later than the faults explain', summary.late],
    ['**episodes with failures**', `**${summary.failedEpisodes}**`],
    ['minutes of all episodes', (summary.durationMs / 60_000).toFixed(1)],
  ];
}

function recoveryText({ recoveryMs }: Summary): string {
  const rows = Object.entries(recoveryMs).map(
    ([name, { count, p50, p99, max }]) => `| ${name} | ${count} | ${p50} | ${p99} | ${max} |`,
  );
  if (rows.length === 0) return '';
  return `From the fault to the next attempt of a run, in ms. With one process, the time until it
was started again (up to 1.5 s) is in it.

| Fault | Count | p50 | p99 | max |
| --- | ---: | ---: | ---: | ---: |
${rows.join('\n')}
`;
}

function failpointText({ failpoints }: Summary): string {
  const rows = Object.entries(failpoints).map(([name, count]) => `| ${name} | ${count} |`);
  if (rows.length === 0) return '';
  return `Of the kills, these hit a chosen place: before a call of the store, or after it was
committed and before anybody had heard of it. The others hit whatever was going on.

| Place | Count |
| --- | ---: |
${rows.join('\n')}
`;
}

function failureText({ failures, notRun }: Summary): string {
  const left = Object.entries(notRun).map(([why, count]) => `- not run (${count}): ${why}`);
  const bad = failures.map((failure) => `- FAILED: ${failure}`);
  return left.length + bad.length === 0 ? 'No failures.\n' : `${[...bad, ...left].join('\n')}\n`;
}

function simulationPart(all: readonly Named<SimulationResult>[]): string[] {
  const intro = `## Simulated clusters

The engine itself on simulated time, nodes, stores and faults, from one seed each; see
\`npm run sim\`. A campaign below 500 cluster-days has the verdict \`short\`.
`;
  if (all.length === 0) return [intro, 'No result is kept.\n'];
  const rows = all.map(({ name, result }) => {
    const bad = Object.values(result.violations).reduce((sum, count) => sum + count, 0);
    const { commit = 'not noted', seed, seedCount, clusterDays, verdict } = result;
    const cells = [name, commit, `${seed} to ${seed + seedCount - 1}`, clusterDays.toFixed(0)];
    const failed = result.failedSeeds.join(' ') || '—';
    const counts = [result.mustCount, result.startCount, bad, failed];
    return `| ${[...cells, ...counts, verdict].join(' | ')} |`;
  });
  return [
    intro,
    `| Result | Commit | Seeds | Days | Due | Starts | Violations | Failed seeds | Verdict |
| --- | --- | --- | ---: | ---: | ---: | ---: | --- | --- |
${rows.join('\n')}
`,
  ];
}
