#include "environment.h"

#include <string.h>

/* What begins like this: containerd's variables, whole names of theirs, and holdfast's own. */
static const char *const WANTED[] = {
    "HOLDFAST_", "CONTAINERD_", "TTRPC_ADDRESS=", "GRPC_ADDRESS=", "NAMESPACE=", "MAX_SHIM_VERSION=", "SCHED_CORE=",
};

/* What shimctl looks at: where configs lie, what the terminal can do, what systemd has said. */
static const char *const WANTED_STREAMED[] = {
    "HOLDFAST_",   "HOME=",      "XDG_CONFIG_HOME=", "NO_COLOR=",     "TERM=",         "LANG=",         "LC_ALL=",
    "LC_CTYPE=",   "LISTEN_PID=", "LISTEN_FDS=",     "LISTEN_FDNAMES=", "NOTIFY_SOCKET=", "WATCHDOG_PID=", "WATCHDOG_USEC=",
};

static bool is_among(const char *variable, const char *const *wanted, size_t count) {
  /* Without a name, or a value: no variable. */
  const char *equals = strchr(variable, '=');
  if (equals == NULL || equals == variable) return false;
  for (size_t i = 0; i < count; i++)
    if (strncmp(variable, wanted[i], strlen(wanted[i])) == 0) return true;
  return false;
}

bool environment_wants(const char *variable) {
  return is_among(variable, WANTED, sizeof WANTED / sizeof *WANTED);
}

bool environment_wants_streamed(const char *variable) {
  return is_among(variable, WANTED_STREAMED, sizeof WANTED_STREAMED / sizeof *WANTED_STREAMED);
}

bool environment_wants_standing(const char *variable) {
  const char *equals = strchr(variable, '=');
  return equals != NULL && equals != variable;
}
