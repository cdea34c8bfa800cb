import { type BenchResult, goalText, isReached } from './benchmark.ts';
import { benchText, partTexts } from './page-words.ts';
import type { BenchFile } from './result-file.ts';

const HEAD = `# Benchmarks

This page is made from the files in \`bench/results\` by \`npm run bench -- --page\`; do not edit
it by hand. Goals that are missed stay on it until the same part is measured again with \`--write\`.

    npm run bench -- embedded --rounds 5 --write

Figures hold for the machine that is named beside them, at the load that is named beside them;
ratios compare two things measured one right after the other in the same round and carry over.
A figure is the median of the rounds; smallest and largest stand beside it. The end of a name is
its unit: \`PerSecond\`, \`Ms\`, \`Us\` (microseconds), \`Mb\` (MiB), \`CpuUs\` (processor time for
one run or job, user and system, all threads).
`;

/** The page, from all kept results. Pure. */
export function benchmarksPage(files: readonly BenchFile[]): string {
  const names = [...new Set(files.map((file) => file.name))];
  const sections = names.map((name) => {
    const own = files.filter((file) => file.name === name);
    return [`## ${name}`, benchText(name), ...own.map(partSection)].join('\n');
  });
  return [HEAD, ...goalSection(files), ...sections].join('\n');
}

/** The goals of all benchmarks in one table, so that nobody has to look for a missed one. */
function goalSection(files: readonly BenchFile[]): string[] {
  const rows = files.flatMap((file) => {
    const values = valuesOf(file);
    return Object.entries(file.goals ?? {}).map(([name, goal]) => {
      const value = values[name];
      const told = value !== undefined && isReached(value, goal) ? 'reached' : '**missed**';
      return `| ${titleOf(file)} | ${name} | ${goalText(goal)} | ${value ?? '—'} | ${told} |`;
    });
  });
  if (rows.length === 0) return [];
  const missed = rows.filter((row) => row.includes('**missed**')).length;
  return [
    `## Goals

${rows.length - missed} of ${rows.length} reached.

| Part | Figure | Goal | Measured | |
| --- | --- | ---: | ---: | --- |
${rows.join('\n')}
`,
  ];
}

function partSection(file: BenchFile): string {
  const { commit, changed, startedAt, machine, load, rounds } = file;
  const title = file.part === null ? [] : [`### ${titleOf(file)}`];
  const text = file.part === null ? '' : partTexts[file.part];
  const base = changed ? `${commit} with changes` : commit;
  const settings = Object.entries(file.settings)
    .filter(([, value]) => value !== null)
    .map(([name, value]) => `${name} ${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(', ');
  return [
    ...title,
    text ?? '',
    `Commit ${base}, ${startedAt.slice(0, 16).replace('T', ' ')} UTC, ${rounds} rounds;
${machine.cpu}, ${machine.cores} cores, ${machine.memoryGb} GB, ${machine.system}, Node
${machine.node}; load before ${load.before.join(' ')}, after ${load.after.join(' ')};
${settings}.

| Figure | Median | Smallest | Largest |
| --- | ---: | ---: | ---: |
${rowsOf(file).join('\n')}
`,
  ].join('\n');
}

function rowsOf(file: BenchFile): string[] {
  return Object.entries(valuesOf(file)).map(([name, value]) => {
    const [min, max] = file.spreads?.[name] ?? ['', ''];
    return `| ${name} | ${value} | ${min} | ${max} |`;
  });
}

function valuesOf(file: BenchResult): Readonly<Record<string, number>> {
  return { ...file.figures, ...file.ratios };
}

function titleOf({ name, part }: BenchFile): string {
  return part === null ? name : `${name}, ${part}`;
}
