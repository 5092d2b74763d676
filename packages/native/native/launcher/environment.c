#include "environment.h"

#include <string.h>

/* What begins like this: containerd's variables, whole names of theirs, and holdfast's own. */
static const char *const WANTED[] = {
    "HOLDFAST_", "CONTAINERD_", "TTRPC_ADDRESS=", "GRPC_ADDRESS=", "NAMESPACE=", "MAX_SHIM_VERSION=", "SCHED_CORE=",
};

bool environment_wants(const char *variable) {
  /* Without a name, or a value: no variable. */
  const char *equals = strchr(variable, '=');
  if (equals == NULL || equals == variable) return false;
  for (size_t i = 0; i < sizeof WANTED / sizeof *WANTED; i++)
    if (strncmp(variable, WANTED[i], strlen(WANTED[i])) == 0) return true;
  return false;
}
