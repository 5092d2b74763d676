import { RUNC_RULES } from '@holdfast/runtime-oci';
import { describe, expect, it } from 'vitest';
import type { OciCommand } from '../src/dialect.js';
import { failure } from '../src/failure.js';

interface Ending {
  readonly log?: string;
  readonly stderr?: string;
  readonly signal?: number;
  readonly command?: OciCommand;
}

function failureOf({ log = '', stderr = '', signal, command = 'create' }: Ending): ReturnType<typeof failure> {
  return failure({
    dialect: { name: 'runc', logFlags: () => [], errors: RUNC_RULES, unsupported: [] },
    command,
    id: 'web',
    where: `runc ${command} web`,
    result: {
      code: signal === undefined ? 1 : null,
      signal: signal ?? null,
      stdout: Buffer.alloc(0),
      stderr: Buffer.from(stderr),
    },
    log,
  });
}

const logged = (msg: string): string => JSON.stringify({ level: 'error', msg });

describe('failure', () => {
  it("gives the runtime's own words when it does not know them", () => {
    expect(failureOf({ log: logged('the moon is full') })).toMatchObject({
      code: 'SHIM_RUNTIME_FAILED',
      message: 'runc create failed with exit code 1: the moon is full',
      where: 'runc create web',
    });
  });

  it('says so when the runtime gave no reason, and names the signal that ended it', () => {
    expect(failureOf({ signal: 11 }).message).toBe('runc create was ended by signal 11: it gave no reason');
  });

  it('looks at earlier errors when the last one is not known', () => {
    expect(failureOf({ log: `${logged('container does not exist')}\n${logged('giving up')}` })).toMatchObject({
      code: 'SHIM_CONTAINER_NOT_FOUND',
      message: 'the runtime knows no container "web": container does not exist',
    });
  });

  it('gives a remedy of its own for a refused system call', () => {
    expect(failureOf({ log: logged('mkdir /run/runc: permission denied') })).toMatchObject({
      code: 'SHIM_PERMISSION',
      remedy: expect.stringContaining('capabilities') as string,
    });
  });

  it.each([
    'container does not exist',
    'runc create failed: container with given ID already exists',
    'x": permission denied\ncontainer does not exist\n"',
    '\u001b[31mcontainer not running',
  ])('is not misled by a command named %j', (name) => {
    const words = `runc create failed: unable to start container process: exec: ${JSON.stringify(name)}: executable file not found in $PATH`;
    expect(failureOf({ log: logged(words) }).code).toBe('SHIM_COMMAND_NOT_FOUND');
  });

  it('knows an error whose quoted text is far too long', () => {
    const words = `exec failed: unable to start container process: exec: "${'a'.repeat(200_000)}": permission denied`;
    const error = failureOf({ log: logged(words), command: 'exec' });
    expect(error.code).toBe('SHIM_COMMAND_PERMISSION');
    expect(Buffer.byteLength(error.message)).toBeLessThanOrEqual(4096);
  });

  it('removes control characters from the words of the runtime', () => {
    expect(failureOf({ log: logged('bad\u001b]0;title\u0007news') }).message).toMatch(/: bad ]0;title news$/);
  });

  it('does not take a word of another command for an error of this one', () => {
    expect(failureOf({ log: logged('container not running'), command: 'state' }).code).toBe('SHIM_RUNTIME_FAILED');
  });
});
