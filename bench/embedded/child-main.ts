// One part of the benchmark in a process of its own: one argument, a `ChildRequest` in JSON.
// The last line on stdout is an object of numbers.

import type { ChildPart, ChildRequest } from './request.ts';

type Part = (request: ChildRequest) => Promise<Readonly<Record<string, number>>>;

/** Loaded one by one, so that a peer has nothing of the engine in its memory. */
const parts: Readonly<Record<ChildPart, () => Promise<Part>>> = {
  audit: async () => (await import('./audit-store.ts')).auditStore,
  'engine-drain': async () => (await import('./drain.ts')).engineDrain,
  fill: async () => (await import('./register.ts')).fill,
  fire: async () => (await import('./fire.ts')).fire,
  idle: async () => (await import('./idle.ts')).idle,
  latency: async () => (await import('./latency.ts')).latency,
  peer: async () => (await import('./peer.ts')).peer,
  'raw-drain': async () => (await import('./drain.ts')).rawDrain,
  'raw-register': async () => (await import('./register.ts')).rawRegistration,
  'store-register': async () => (await import('./register.ts')).storeRegistration,
};

const request = JSON.parse(process.argv[2] ?? '') as ChildRequest;
const part = await parts[request.part]();
const figures = await part(request);
// Timers of peers would keep the process alive.
process.stdout.write(`${JSON.stringify(figures)}\n`, () => process.exit(0));
