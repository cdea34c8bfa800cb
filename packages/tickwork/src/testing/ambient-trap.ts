/**
 * Makes ambient time, chance, timers and network throw while simulated code runs: whatever
 * the engine asks of the world must come through its ports, or a simulation could not be
 * repeated. The replaced globals pass calls on while the trap is not entered, so test
 * runners and the harness itself go on working around it.
 */
export interface AmbientTrap {
  /** Replaces the globals. Returns the function that restores them; uses may nest. */
  install(): () => void;
  /** From here on the replaced globals throw. */
  enter(): void;
  /** From here on they work as ever. */
  leave(): void;
}

type Callable = (...args: never[]) => unknown;

let depth = 0;
let trapped = false;
let restores: (() => void)[] = [];

export const ambientTrap: AmbientTrap = {
  install() {
    depth += 1;
    if (depth === 1) restores = replaceAll();
    let done = false;
    return () => {
      if (done) return;
      done = true;
      depth -= 1;
      if (depth > 0) return;
      for (const restore of restores) restore();
      restores = [];
    };
  },
  enter() {
    trapped = depth > 0;
  },
  leave() {
    trapped = false;
  },
};

function replaceAll(): (() => void)[] {
  return [
    replaceDate(),
    replace(Math, 'random', 'Math.random'),
    replace(performance, 'now', 'performance.now'),
    replace(crypto, 'randomUUID', 'crypto.randomUUID'),
    replace(crypto, 'getRandomValues', 'crypto.getRandomValues'),
    replace(process, 'hrtime', 'process.hrtime'),
    ...(['setTimeout', 'setInterval', 'setImmediate', 'fetch'] as const).map((name) =>
      replace(globalThis, name, name),
    ),
  ];
}

function refuse(name: string): void {
  if (!trapped) return;
  throw new Error(
    `${name} was called by code under simulation, which cannot be repeated. ` +
      'Use the clock, timers, random or ids port.',
  );
}

function replace(owner: object, key: string, name: string): () => void {
  const own = Object.getOwnPropertyDescriptor(owner, key);
  const original = (owner as Record<string, Callable>)[key];
  if (original === undefined) return () => {};
  const guard = function (this: unknown, ...args: never[]): unknown {
    refuse(name);
    return original.apply(this === guard ? undefined : this, args);
  };
  // Properties of a function (setTimeout's promisified form, hrtime.bigint) stay reachable.
  Object.defineProperties(guard, Object.getOwnPropertyDescriptors(original));
  Object.defineProperty(owner, key, {
    value: guard,
    writable: true,
    configurable: true,
    enumerable: own?.enumerable ?? true,
  });
  return () => {
    if (own === undefined) delete (owner as Record<string, unknown>)[key];
    else Object.defineProperty(owner, key, own);
  };
}

function replaceDate(): () => void {
  const original = globalThis.Date;
  globalThis.Date = new Proxy(original, {
    construct(target, args, newTarget) {
      if (args.length === 0) refuse('new Date()');
      return Reflect.construct(target, args, newTarget) as object;
    },
    apply(target, self, args) {
      refuse('Date()');
      return Reflect.apply(target, self, args) as string;
    },
    get(target, key, receiver) {
      if (key === 'now' && trapped) return () => refuse('Date.now');
      return Reflect.get(target, key, receiver) as unknown;
    },
  });
  return () => {
    globalThis.Date = original;
  };
}
