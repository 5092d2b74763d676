import type { OciState, Runtime } from '../plugin/runtime.js';
import { isShimError } from '../plugin/shim-error.js';

/** What has killed shimd may kill the runtime's commands as well. */
const TIMES = 3;

/** What the runtime says of a container, asked again if its command fails. Rejects as `Runtime.state`. */
export async function askState(runtime: Runtime, id: string): Promise<OciState> {
  for (let time = 1; ; time += 1) {
    try {
      return await runtime.state(id);
    } catch (error) {
      const known = isShimError(error) && error.code === 'SHIM_CONTAINER_NOT_FOUND';
      if (known || time === TIMES) throw error;
    }
  }
}
