export { asTtrpcError, CODE, TtrpcError } from './codes.js';
export { NAMESPACE_KEY } from './metadata.js';
export type { Metadata } from './metadata.js';
export type { Call, Messages, Method, Service } from './method.js';
export { TtrpcServer } from './server.js';
export type { TtrpcServerOptions } from './server.js';
export type { ServerConnection } from './server-connection.js';
