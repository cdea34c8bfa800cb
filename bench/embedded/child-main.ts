// One part of the benchmark in a process of its own: one argument, a `ChildRequest` in JSON.
// The last line on stdout is an object of numbers.

import { auditStore } from './audit-store.ts';
import { engineDrain, rawDrain } from './drain.ts';
import { fire } from './fire.ts';
import { idle } from './idle.ts';
import { latency } from './latency.ts';
import { peer } from './peer.ts';
import { fill, rawRegistration, storeRegistration } from './register.ts';
import type { ChildPart, ChildRequest } from './request.ts';

type Figures = Readonly<Record<string, number>>;

const parts: Readonly<Record<ChildPart, (request: ChildRequest) => Promise<Figures>>> = {
  audit: auditStore,
  'engine-drain': engineDrain,
  fill,
  fire,
  idle,
  latency,
  peer,
  'raw-drain': rawDrain,
  'raw-register': rawRegistration,
  'store-register': storeRegistration,
};

const request = JSON.parse(process.argv[2] ?? '') as ChildRequest;
const figures = await parts[request.part](request);
// Timers of peers would keep the process alive.
process.stdout.write(`${JSON.stringify(figures)}\n`, () => process.exit(0));
