/** What the page says about a benchmark, above its figures. */
export function benchText(name: string): string {
  return benchTexts[name] ?? '';
}

const benchTexts: Readonly<Record<string, string>> = {
  embedded: `
The whole engine on a SQLite file with durable settings (WAL, synchronous FULL), a handler that
does nothing, history kept. Every measured thing runs in a process of its own, one after the
other.
`,
  store: `
The embedded stores without the engine.
`,
  trigger: `
Cron beside other libraries, with the same answers required first. Times are per call.
`,
};

/** What the page says about a part of a benchmark. */
export const partTexts: Readonly<Record<string, string>> = {
  drain: `
Single runs: enqueued by \`enqueueMany\`, 500 a call, then executed. *raw* is a hand-written
loop over two tables that parses the payload, awaits the handler, writes an indexed history, and
does nothing else; the same kind of loop gave 207,000 runs/s on an AMD EPYC (Zen 5) with the same
settings. *engine* has 500 slots, *engineDefault* 100. The engine must have as many rows of
history as handler calls, or the benchmark fails; \`drainAuditFindings\` is what \`audit\` finds
afterwards.
`,
  latency: `
One run at a time on an idle system, from the call of \`enqueue\` to the first line of the handler.
\`fdatasyncMs\` is the machine's own time of a small durable write on the same disk to a block
that exists, \`fdatasyncAppendMs\` of one by which the file grows, \`sqliteCommitMs\` of a bare
transaction of SQLite with one row and the same settings.
`,
  register: `
*register* is what users call, \`applyJobs\` with one declared list: each declaration is read and
checked, its trigger compiled, its first instant found, and stored jobs that are no longer declared
are looked for. *storeRegister* is the store alone, with declarations that are read already.
*rawRegister* inserts the same rows into the same tables with the same indexes.
`,
  idle: `
A clean process opens and starts a store with that many jobs, all due much later; after 3 s its
processor time is taken for 30 s, heartbeat thread included.
`,
  lateness: `
Jobs with a cron expression each, due at the seconds of a minute in turn (*spread*) or all in one
second (*burst*); from the due instant to the first line of the handler, for one minute. *Missed*:
not begun 12 s after the minute. *History* counts the successful rows of that minute in the file,
*Others* those that did not succeed; \`AuditFindings\` is what \`audit\` finds in the whole store.
Beside it, in the same round and each in a process of its own, schedulers without a store: what they
have not run when the process ends is forgotten, and nothing is written down. A ratio is theirs by
ours; what is below 1 ms counts as 1 ms, the grain of the clock. The engine has 20,000 slots, so
that the number of runs at once is no limit.
`,
  lateness100k: `
The same with 100,000 jobs. Peers are left out: croner takes about 90 KB for one job.
`,
  lateness1m: `
The same with 1,000,000 jobs.
`,
};
