import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import type { Store } from '../../packages/tickwork/src/core/ports/store.ts';
import { createMemoryStore } from '../../packages/tickwork/src/stores/memory/index.ts';
import { createSqliteStore } from '../../packages/tickwork/src/stores/sqlite/index.ts';
import {
  type CommandKind,
  commandKinds,
  type StoreCommand,
} from '../../packages/verify/src/conformance/store-commands.ts';
import { runSequence } from '../../packages/verify/src/conformance/store-sequence.ts';

/** Opens an empty store and, as other nodes have them, further views of it. */
export type OpenHandles = () => Promise<{ handles: readonly Store[]; drop: () => Promise<void> }>;

export const stores: Readonly<Record<string, OpenHandles>> = {
  memory: async () => {
    const store = createMemoryStore({ clock: { now: () => 0, mono: () => 0 } });
    return { handles: [store], drop: () => store.close() };
  },
  sqlite: async () => {
    emptyFile ??= await makeEmptyFile();
    const directory = mkdtempSync(join(tmpdir(), 'tickwork-store-'));
    // Not synced: what a power failure would undo is not asked here, and many files are made.
    const options = { path: join(directory, 'store.db'), durable: false };
    writeFileSync(options.path, emptyFile);
    const handles = [await createSqliteStore(options), await createSqliteStore(options)];
    const drop = async (): Promise<void> => {
      for (const handle of handles) await handle.close();
      rmSync(directory, { recursive: true });
    };
    return { handles, drop };
  },
};

/** A file with the schema and nothing in it; making it anew takes longer than a sequence. */
let emptyFile: Buffer | null = null;

async function makeEmptyFile(): Promise<Buffer> {
  const directory = mkdtempSync(join(tmpdir(), 'tickwork-store-'));
  const path = join(directory, 'empty.db');
  await (await createSqliteStore({ path, durable: false })).close();
  const content = readFileSync(path);
  rmSync(directory, { recursive: true });
  return content;
}

/** Kinds that make runs live are drawn more often than those that end everything. */
const weights: Partial<Record<CommandKind, number>> = {
  plan: 6,
  enqueue: 4,
  flood: 5,
  claim: 8,
  start: 10,
  settle: 4,
  complete: 8,
  finish: 6,
  save: 3,
  tick: 4,
  repeat: 4,
  report: 2,
  cancel: 2,
  renew: 2,
  join: 3,
};

const command: fc.Arbitrary<StoreCommand> = fc.record({
  kind: fc.oneof(
    { withCrossShrink: true },
    ...commandKinds.map((kind) => ({ weight: weights[kind] ?? 1, arbitrary: fc.constant(kind) })),
  ),
  picks: fc.array(fc.nat(9999), { minLength: 12, maxLength: 12 }),
});

export interface SequenceTotals {
  sequences: number;
  commands: number;
  runsEnded: number;
}

/** Throws with seed, path and the smallest failing sequence if a store differs from the model. */
export async function verifySequences(
  open: OpenHandles,
  options: { readonly sequences: number; readonly seed: number; readonly path?: string },
): Promise<SequenceTotals> {
  const totals: SequenceTotals = { sequences: 0, commands: 0, runsEnded: 0 };
  await fc.assert(
    fc.asyncProperty(
      fc.array(command, { minLength: 20, maxLength: 80, size: 'max' }),
      async (commands) => {
        const { handles, drop } = await open();
        try {
          const model = await runSequence(handles, commands);
          totals.sequences++;
          totals.commands += commands.length;
          totals.runsEnded += model.runs.filter(({ live }) => !live).length;
        } finally {
          await drop();
        }
      },
    ),
    {
      numRuns: options.sequences,
      seed: options.seed,
      ...(options.path === undefined ? {} : { path: options.path }),
    },
  );
  return totals;
}
