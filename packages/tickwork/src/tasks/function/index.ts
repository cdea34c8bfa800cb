export {
  createFunctionTasks,
  type FunctionTasks,
  type FunctionTasksOptions,
} from './function-tasks.ts';
