import type { Store } from '../../../tickwork/src/core/ports/store.ts';
import type { SchedulerCore } from '../../../tickwork/src/core/scheduler.ts';
import type { ZoneData } from '../../../tickwork/src/core/time/zone-data.ts';
import type { SimulatedClock } from '../../../tickwork/src/testing/simulated-clock.ts';
import type { SimulatedTime } from '../../../tickwork/src/testing/simulated-time.ts';
import type { HistoryWriter } from '../history/history-writer.ts';
import type { SimulationOptions } from './draw-options.ts';
import type { FaultyLink } from './faulty-link.ts';
import type { SimulatedProcess } from './simulated-process.ts';

/** One process of the cluster in its present life. */
export interface Life {
  readonly process: SimulatedProcess;
  readonly link: FaultyLink;
  readonly scheduler: SchedulerCore;
}

/** A machine: its clock outlives its processes. */
export interface Machine {
  readonly name: string;
  readonly clock: SimulatedClock;
  starts: number;
  life: Life | null;
  crashFaultId: number | null;
}

export interface ClusterParts {
  readonly options: SimulationOptions;
  readonly time: SimulatedTime;
  readonly history: HistoryWriter;
  readonly zoneData: ZoneData;
  /** Puts something between the memory store and everybody, such as a seeded defect. */
  readonly wrapStore?: (store: Store) => Store;
}
