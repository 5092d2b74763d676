export * from './messages/index.js';
export { registerTask, TASK_METHODS, TASK_SERVICES } from './task/task-service.js';
export type { TaskContext, TaskService } from './task/task-service.js';
export * from './ttrpc/index.js';
