import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { ANSWER_SCHEMAS, API_PREFIX, OPERATIONS, type Operation } from '@holdfast/core/api';
import { LazyValidators, StateLayout } from '@holdfast/core';
import { expect } from 'vitest';
import { parseExposition } from './exposition.js';

/** What fills in an operation's path, query and body. */
export interface Parameters {
  readonly path?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** Calls the control API as any HTTP client would, and checks each answer against its schema. */
export class ApiProbe {
  readonly called = new Set<string>();
  readonly #socketPath: string;
  readonly #validators = new LazyValidators();

  constructor(root: string, group = 'default') {
    this.#socketPath = new StateLayout(root).apiSocket(group);
  }

  /** Resolves to the answer, which is what the operation says it is. */
  async call<T>(id: string, parameters: Parameters = {}): Promise<T> {
    const operation = OPERATIONS.find((one) => one.id === id) as Operation;
    const { status, text } = await this.#send(operation, parameters);
    expect({ id, status, text }).toMatchObject({ status: 200 });
    this.called.add(id);
    if (operation.answer === 'metrics') return parseExposition(text) as T;
    const documents = operation.lines === true ? text.trimEnd().split('\n') : [text];
    const answers = documents.map((document) => JSON.parse(document) as unknown);
    for (const answer of answers) await this.#check(operation.answer as keyof typeof ANSWER_SCHEMAS, answer);
    return (operation.lines === true ? answers : answers[0]) as T;
  }

  /** Resolves to the status and the error's code. */
  async refused(id: string, parameters: Parameters = {}): Promise<{ status: number; code: string }> {
    const operation = OPERATIONS.find((one) => one.id === id) as Operation;
    const { status, text } = await this.#send(operation, parameters);
    const answer = JSON.parse(text) as { error: { code: string } };
    await this.#check('error', answer);
    return { status, code: answer.error.code };
  }

  async #check(name: keyof typeof ANSWER_SCHEMAS, answer: unknown): Promise<void> {
    const validate = await this.#validators.validator(ANSWER_SCHEMAS[name]);
    const valid = validate(structuredClone(answer));
    expect({ name, answer, valid, errors: validate.errors }).toMatchObject({ valid: true });
  }

  async #send({ method, path }: Operation, { path: names = {}, query, body }: Parameters) {
    const filled = path.replace(/\{(\w+)\}/g, (_all, name: string) => encodeURIComponent(names[name] as string));
    const search = query === undefined ? '' : `?${new URLSearchParams(query).toString()}`;
    const full = filled.startsWith('/') ? filled : `${API_PREFIX}/${filled}`;
    const outgoing = request({ socketPath: this.#socketPath, method, path: `${full}${search}`, agent: false });
    const answered = once(outgoing, 'response') as Promise<[IncomingMessage]>;
    outgoing.end(body === undefined ? undefined : JSON.stringify(body));
    const [incoming] = await answered;
    const chunks: Buffer[] = [];
    for await (const chunk of incoming as AsyncIterable<Buffer>) chunks.push(chunk);
    return { status: incoming.statusCode ?? 0, text: Buffer.concat(chunks).toString() };
  }
}
