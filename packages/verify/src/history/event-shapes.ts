type Kind = 'number' | 'text' | 'textOrNull' | 'boolean' | 'object';

type Shape = Readonly<Record<string, Kind>>;

const operation: Shape = { opId: 'text', f: 'text', sched: 'text' };
const attempt: Shape = {
  node: 'text',
  inc: 'text',
  sched: 'textOrNull',
  fireAt: 'number',
  runId: 'text',
  attempt: 'number',
  token: 'number',
};
const fault: Shape = { faultId: 'number', kind: 'text', target: 'text' };
const written: Shape = {
  inc: 'text',
  runId: 'text',
  token: 'number',
  accepted: 'boolean',
};

/** What each kind of event must hold besides `i`, `t`, `src` and `type`. */
const shapes: Readonly<Record<string, Readonly<Record<string, Shape>>>> = {
  harness: { begin: { limits: 'object' }, end: {} },
  client: {
    'op.invoke': operation,
    'op.ok': operation,
    'op.fail': { ...operation, error: 'text' },
    'op.info': { ...operation, error: 'text' },
  },
  witness: {
    'run.start': attempt,
    'run.end': { ...attempt, outcome: 'text' },
    'run.sig': attempt,
    'run.check': { ...attempt, goesOn: 'boolean' },
  },
  sut: {
    grant: { inc: 'text', runId: 'text', attempt: 'number', token: 'number' },
    commit: { ...written, what: 'text' },
    ack: { ...written, state: 'text' },
    joined: { node: 'text', inc: 'text', first: 'boolean' },
    reaped: { inc: 'text', renewedAt: 'number' },
    left: { inc: 'text' },
    'dump.job': { job: 'object' },
    'dump.run': { run: 'object' },
    'dump.attempt': { attempt: 'object' },
    'dump.skip': { sched: 'text', skip: 'object' },
    totals: { runs: 'object' },
  },
  nemesis: { 'fault.begin': fault, 'fault.end': fault },
  clock: { offset: { node: 'text', offsetMs: 'number' } },
};

/** Where an object differs from every kind of event, in words; `null`: it is one. */
export function eventMistake(value: unknown): string | null {
  if (typeof value !== 'object' || value === null) return 'is not an object.';
  const event = value as Readonly<Record<string, unknown>>;
  if (typeof event.i !== 'number') return 'has no number `i`.';
  if (typeof event.t !== 'number') return 'has no time `t`.';
  const types = shapes[String(event.src)];
  if (types === undefined) return `has no \`src\` of ${Object.keys(shapes).join(', ')}.`;
  const shape = types[String(event.type)];
  if (shape === undefined) return `has no \`type\` of ${Object.keys(types).join(', ')}.`;
  for (const [field, kind] of Object.entries(shape)) {
    if (!isOf(kind, event[field])) return `has no ${words[kind]} \`${field}\`.`;
  }
  return null;
}

const words: Readonly<Record<Kind, string>> = {
  number: 'number',
  text: 'text',
  textOrNull: 'text or null',
  boolean: 'true or false',
  object: 'object',
};

function isOf(kind: Kind, value: unknown): boolean {
  switch (kind) {
    case 'number':
      return typeof value === 'number' && Number.isFinite(value);
    case 'text':
      return typeof value === 'string';
    case 'textOrNull':
      return value === null || typeof value === 'string';
    case 'boolean':
      return typeof value === 'boolean';
    case 'object':
      return typeof value === 'object' && value !== null && !Array.isArray(value);
    default:
      return kind satisfies never;
  }
}
