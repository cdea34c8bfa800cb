export { createFunctionTasks } from './function-tasks.ts';
