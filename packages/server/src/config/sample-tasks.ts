import type { TaskContext } from 'tickwork';

/** The sample tasks of gocron services, so that their sample file runs as it is. */
export const sampleTasks = {
  hello_job: (_input: unknown, context: TaskContext): void => context.log('HelloJob is executing'),
  cleanup_job: (_input: unknown, context: TaskContext): void =>
    context.log('CleanupJob is executing'),
} as const;
