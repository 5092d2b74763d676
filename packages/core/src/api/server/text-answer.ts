import type { ServerResponse } from 'node:http';

/** An answer that is no JSON. */
export class TextAnswer {
  constructor(
    readonly type: string,
    readonly text: string,
  ) {}
}

export function answerText(response: ServerResponse, { type, text }: TextAnswer): void {
  const body = Buffer.from(text);
  response.writeHead(200, { 'Content-Type': type, 'Content-Length': body.length });
  response.end(body);
}
