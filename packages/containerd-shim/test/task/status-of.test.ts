import { ShimError } from '@holdfast/core/plugin';
import { describe, expect, it } from 'vitest';
import { statusOf } from '../../src/task/status-of.js';
import { CODE, TtrpcError } from '../../src/ttrpc/codes.js';

describe('statusOf', () => {
  it.each([
    ['SHIM_CONTAINER_NOT_FOUND', CODE.NotFound],
    ['SHIM_EXEC_NOT_FOUND', CODE.NotFound],
    ['SHIM_CONTAINER_EXISTS', CODE.AlreadyExists],
    ['SHIM_EXEC_EXISTS', CODE.AlreadyExists],
    ['SHIM_ILLEGAL_STATE', CODE.FailedPrecondition],
    ['SHIM_UNSUPPORTED', CODE.Unimplemented],
    ['SHIM_RUNTIME_FAILED', CODE.Unknown],
  ] as const)('tells %s by its code', (code, wanted) => {
    const status = statusOf(new ShimError(code, 'what happened'), 'OCI runtime create failed');
    expect(status.code).toBe(wanted);
    expect(status.message).toContain('what happened');
  });

  it("says what was done before a runtime's own words, and nothing before others", () => {
    expect(statusOf(new ShimError('SHIM_RUNTIME_FAILED', 'no'), 'OCI runtime create failed').message).toBe(
      'OCI runtime create failed: no',
    );
    expect(statusOf(new ShimError('SHIM_CONTAINER_EXISTS', 'no'), 'OCI runtime create failed').message).toBe('no');
  });

  it('has the words by which clients choose an exit code, whichever runtime spoke', () => {
    const crun = new ShimError('SHIM_COMMAND_NOT_FOUND', 'executable file `x` not found in $PATH: No such file');
    expect(statusOf(crun).message).toContain('executable file not found in $PATH');
    const runc = new ShimError('SHIM_COMMAND_NOT_FOUND', 'exec: "x": executable file not found in $PATH');
    expect(statusOf(runc).message).toBe('exec: "x": executable file not found in $PATH');
    expect(statusOf(new ShimError('SHIM_COMMAND_PERMISSION', 'no')).message).toContain('permission denied');
  });

  it('leaves a status as it is, and takes anything else for unknown', () => {
    const own = new TtrpcError(CODE.Aborted, 'x');
    expect(statusOf(own)).toBe(own);
    expect(statusOf('odd').code).toBe(CODE.Unknown);
  });
});
