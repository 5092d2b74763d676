/** What the control API is made of, as data. */
export { ANSWER_SCHEMAS } from './answer-schemas.js';
export { OPERATIONS } from './operations.js';
export { REQUEST_SCHEMAS } from './request-schemas.js';
export { API_PREFIX } from './routes.js';
export { METRICS } from '../metrics/metric-table.js';

/** The number in {@link API_PREFIX}. */
export const API_VERSION = 1;
export type { AnswerName } from './answer-schemas.js';
export type { Operation, QueryParameter } from './operations.js';
export type { RequestName } from './request-schemas.js';
