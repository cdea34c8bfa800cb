import { TickworkError } from '../base/errors.ts';
import type { TriggerSpec } from '../model/trigger-spec.ts';
import type { JobStore } from '../ports/job-store.ts';
import { upstreamNames } from './unknown-upstream.ts';

const PAGE = 1000;

interface Named {
  readonly name: string;
  readonly definition: { readonly trigger: TriggerSpec };
}

/**
 * Refuses jobs that would run after each other in a circle, for ever: the new ones are
 * looked at together with the stored ones they meet. Throws INVALID_TRIGGER with the circle.
 */
export async function checkCycles(
  store: Pick<JobStore, 'listJobs'>,
  declared: readonly Named[],
): Promise<void> {
  const edges = new Map<string, readonly string[]>();
  for (const each of declared) {
    const upstream = upstreamNames([each]);
    if (upstream.length > 0) edges.set(each.name, upstream);
  }
  if (edges.size === 0) return;
  const fresh = new Set(declared.map((each) => each.name));
  for (let after: string | null = null; ; ) {
    const page: Named[] = await store.listJobs({ eventDriven: true }, { after, limit: PAGE });
    for (const job of page) if (!fresh.has(job.name)) edges.set(job.name, upstreamNames([job]));
    if (page.length < PAGE) break;
    after = page.at(-1)?.name ?? null;
  }
  const circle = findCircle(edges);
  if (circle === null) return;
  throw new TickworkError('INVALID_TRIGGER', {
    field: `job ${circle[0] ?? ''}`,
    value: circle.join(' → '),
    reason: 'runs after itself.',
    remedy: 'Take one of these `after` triggers away.',
  });
}

/** A circle in the graph, its first name repeated at its end; `null` if there is none. */
export function findCircle(edges: ReadonlyMap<string, readonly string[]>): string[] | null {
  const done = new Set<string>();
  for (const start of edges.keys()) {
    const path: string[] = [];
    const onPath = new Set<string>();
    const stack: { readonly name: string; readonly next: string[] }[] = [];
    const enter = (name: string): void => {
      stack.push({ name, next: [...(edges.get(name) ?? [])] });
      path.push(name);
      onPath.add(name);
    };
    if (!done.has(start)) enter(start);
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      const name = top.next.pop();
      if (name === undefined) {
        stack.pop();
        path.pop();
        onPath.delete(top.name);
        done.add(top.name);
      } else if (onPath.has(name)) return [...path.slice(path.indexOf(name)), name];
      else if (!done.has(name)) enter(name);
    }
  }
  return null;
}
