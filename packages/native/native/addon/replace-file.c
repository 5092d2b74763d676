/*
 * One file takes the place of another, as by rename(2). ext4 has the data of a renamed file written to the disk when that replaces one
 * (auto_da_alloc), and whoever removes the file soon after waits for the disk. It does not when two files change places.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <unistd.h>

#include "addon.h"

static int exchange(const char *one, const char *other) {
  return renameat2(AT_FDCWD, one, AT_FDCWD, other, RENAME_EXCHANGE);
}

static int replace(const char *path, const char *with) {
  /* Not there yet, or on a file system that can't: whatever else is wrong, rename(2) says too. */
  if (exchange(with, path) < 0) return rename(with, path);
  if (unlink(with) == 0) return 0;
  /* A directory was there. */
  int error = errno;
  exchange(with, path);
  errno = error;
  return -1;
}

static napi_value replace_file(napi_env env, napi_callback_info info) {
  napi_value argv[2];
  char path[PATH_MAX], with[PATH_MAX];
  if (!get_arguments(env, info, 2, argv)) return NULL;
  if (!get_path(env, argv[0], "rename", path) || !get_path(env, argv[1], "rename", with)) return NULL;
  if (replace(path, with) < 0) return throw_errno(env, errno, "rename", path);
  return NULL;
}

napi_status register_replace_file(napi_env env, napi_value exports) {
  static const struct method methods[] = {{"replaceFile", replace_file}};
  return define_functions(env, exports, methods, LENGTH_OF(methods));
}
