import type { TaskContext } from 'tickwork';

/** The sample task of gocron services, so that their sample file runs as it is. */
export function helloJob(_input: unknown, context: TaskContext): void {
  context.log('HelloJob is executing');
}
