/** What a launcher would say. */
export interface Said {
  readonly kind: string;
  readonly requestId: string;
  readonly umask: number;
  readonly cwd: string;
  readonly argv: readonly string[];
  readonly env: readonly string[];
  readonly input: Buffer;
  /** Of version 2: what follows. */
  readonly state?: { readonly program: string; readonly token: string };
}

/** The bytes that a launcher puts into its file. */
export function payload({ kind, requestId, umask, cwd, argv, env, input, state }: Said): Buffer {
  return Buffer.concat([
    text(kind),
    Buffer.from(requestId, 'hex'),
    u32(umask),
    text(cwd),
    ...[argv, env].flatMap((texts) => [u32(texts.length), ...texts.map(text)]),
    u32(input.length),
    input,
    ...(state === undefined ? [] : [Buffer.alloc(24), text(state.program), text(state.token), Buffer.alloc(40)]),
  ]);
}

/** The first packet. */
export function header(length: number, { magic = 'HFLN', version = 1, flags = 0 } = {}): Buffer {
  const bytes = Buffer.alloc(12);
  bytes.write(magic, 'latin1');
  bytes.writeUInt16LE(version, 4);
  bytes.writeUInt16LE(flags, 6);
  bytes.writeUInt32LE(length, 8);
  return bytes;
}

function text(value: string): Buffer {
  return Buffer.concat([u32(Buffer.byteLength(value)), Buffer.from(value)]);
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}
