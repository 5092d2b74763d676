#include "unix-address.h"

#include <errno.h>
#include <limits.h>
#include <string.h>

bool get_unix_address(napi_env env, napi_value value, const char *syscall, struct sockaddr_un *address) {
  char path[PATH_MAX];
  if (!get_path(env, value, syscall, path)) return false;
  *address = (struct sockaddr_un){.sun_family = AF_UNIX};
  size_t length = strlen(path);
  if (length == 0 || length >= sizeof address->sun_path) {
    throw_errno(env, length == 0 ? EINVAL : ENAMETOOLONG, syscall, path);
    return false;
  }
  memcpy(address->sun_path, path, length + 1);
  return true;
}
