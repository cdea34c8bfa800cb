import { isTickworkError } from '../../../core/base/errors.ts';
import type { StoreFault } from '../../../core/ports/upkeep-store.ts';
import type { Instant } from '../../../core/time/instant.ts';
import type { Session } from '../session.ts';
import type { Transactions } from '../transactions.ts';
import { findClockFaults } from './find-clock-faults.ts';
import { findSchemaFaults } from './find-schema-faults.ts';
import { findUnreadable } from './find-unreadable.ts';
import { damage, type Finding } from './finding.ts';
import { findSetAside } from './set-aside.ts';

const FAULTS_MAX = 100;

type Search = (session: Session, systemNow: Instant) => Finding[];

/** Later ones read what earlier ones have found whole. */
const searches: readonly Search[] = [
  ({ database }) => findSchemaFaults(database),
  ({ database }, systemNow) => findClockFaults(database, systemNow),
  ({ database }) => findSetAside(database),
];

/** See `UpkeepStore.examine`. */
export async function examine(
  session: Session,
  transactions: Transactions,
  systemNow: Instant,
): Promise<StoreFault[]> {
  const write = (): number =>
    session.database.run("UPDATE tickwork_meta SET value = value WHERE name = 'clock'");
  const refusal = await tryWrite(() => transactions.write(1, write));
  let findings = await transactions.read(() => findAll(session, systemNow));
  const isWhole = findings.every(({ mend }) => mend !== null);
  if (isWhole && (await transactions.read(() => findUnreadable(session.database).length > 0))) {
    // Set aside as by any reader that meets it: from then on it is among the findings.
    await transactions.mend();
    findings = await transactions.read(() => findAll(session, systemNow));
  }
  return [...refusal, ...findings.map(({ fault }) => fault)].slice(0, FAULTS_MAX);
}

/** See `UpkeepStore.repair`. */
export async function repair(
  session: Session,
  transactions: Transactions,
  systemNow: Instant,
): Promise<StoreFault[]> {
  return await transactions.write(FAULTS_MAX, () => {
    const mended = findAll(session, systemNow).filter(({ mend }) => mend !== null);
    for (const { mend } of mended) mend?.();
    if (mended.length > 0) session.noteJobs();
    return mended.map(({ fault }) => fault);
  });
}

function findAll(session: Session, systemNow: Instant): Finding[] {
  const findings: Finding[] = [];
  for (const search of searches) {
    try {
      findings.push(...search(session, systemNow));
    } catch (error) {
      if (isTickworkError(error)) throw error;
      // What is missing was found before; what else fails is damage, too.
      const words = error instanceof Error ? error.message : String(error);
      findings.push(damage(`A part of the store cannot be read: ${words}.`));
    }
    if (findings.some(({ mend }) => mend === null)) break;
  }
  return findings;
}

/** A row that is written as it stands: whether the disk and the permissions allow it. */
export async function tryWrite(write: () => Promise<unknown>): Promise<StoreFault[]> {
  try {
    await write();
    return [];
  } catch (error) {
    if (!isTickworkError(error)) throw error;
    const message = `A write failed: ${error.message}`;
    return [{ code: error.code, jobName: null, runId: null, message, repair: null }];
  }
}
