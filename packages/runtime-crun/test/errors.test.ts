import { open, readdir } from 'node:fs/promises';
import { ERROR_CODES } from '@holdfast/core/plugin';
import crunPlugin from '@holdfast/runtime-crun';
import { childProcessRunner, makeBundle, makeRootfs, makeRuntimeContext } from '@holdfast/testkit';
import { describe, expect, it } from 'vitest';
import { isHybrid } from '../../runtime-oci/test/support/crun-path.js';
import { createRuntime } from '../../runtime-oci/test/support/plugin-options.js';
import { describeRecordedErrors } from '../../runtime-oci/test/support/recorded-errors.js';
import { CRUN_1_8_1 } from './fixtures/crun-1.8.1.js';

describeRecordedErrors('the crun plugin reads the errors of crun 1.8.1', crunPlugin, CRUN_1_8_1);

// Only a host that mounts cgroup v2 beside v1 makes crun say so.
describe.runIf(await isHybrid())('on a host with hybrid cgroups', () => {
  it('says that crun refuses the host, and what to do', async () => {
    const context = await makeRuntimeContext(childProcessRunner);
    try {
      await makeRootfs(`${context.directory}/rootfs`);
      const bundle = await makeBundle(`${context.directory}/web`, { cgroup: '/holdfast-oci-hybrid' });
      const runtime = createRuntime(crunPlugin, context);
      const sink = await open('/dev/null', 'r+');
      const io = { stdin: sink.fd, stdout: sink.fd, stderr: sink.fd, owner: 'test' };
      await expect(runtime.create({ id: 'web', bundle, pidFile: `${bundle}/pid` }, io)).rejects.toMatchObject({
        code: 'SHIM_CGROUP_MODE',
        remedy: ERROR_CODES.SHIM_CGROUP_MODE.remedy,
      });
      await sink.close();
      expect(await readdir(context.root)).toEqual([]);
      expect(await readdir(context.scratch)).toEqual([]);
    } finally {
      await context.remove();
    }
  });
});
