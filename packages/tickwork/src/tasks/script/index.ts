export type { ScriptTasksConfig } from './script-config.ts';
export { createScriptTasks } from './script-tasks.ts';
