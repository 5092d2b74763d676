/* A small file in memory: what is written to it outlives this process, and costs no system call. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "addon.h"

enum { MOST_BYTES = 1 << 20 };

static void unmap(napi_env env, void *data, void *hint) {
  (void)env;
  munmap(data, (size_t)(uintptr_t)hint);
}

/* Room is allotted first: to touch a page that a full disk has none for is a SIGBUS. Returns NULL with errno set. */
static void *map_descriptor(int fd, size_t length) {
  struct stat details;
  if (fstat(fd, &details) < 0) return NULL;
  if (!S_ISREG(details.st_mode)) {
    errno = EINVAL;
    return NULL;
  }
  int error;
  do error = posix_fallocate(fd, 0, (off_t)length);
  while (error == EINTR);
  if (error != 0) {
    errno = error;
    return NULL;
  }
  void *data = mmap(NULL, length, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  return data == MAP_FAILED ? NULL : data;
}

static void *map_path(const char *path, size_t length) {
  /* Not blocking: a FIFO in its place is found out, and not waited for. */
  int fd = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK, 0600);
  if (fd < 0) return NULL;
  void *data = map_descriptor(fd, length);
  int error = errno;
  close(fd);
  errno = error;
  return data;
}

static napi_value map_file(napi_env env, napi_callback_info info) {
  napi_value argv[2], result;
  char path[PATH_MAX];
  uint32_t length;
  if (!get_arguments(env, info, 2, argv) || !get_path(env, argv[0], "mmap", path)) return NULL;
  if (!get_u32(env, argv[1], "bytes", &length)) return NULL;
  if (length == 0 || length > MOST_BYTES) return throw_errno(env, EINVAL, "mmap", path);
  void *data = map_path(path, length);
  if (data == NULL) return throw_errno(env, errno, "mmap", path);
  void *hint = (void *)(uintptr_t)length;
  if (napi_create_external_arraybuffer(env, data, length, unmap, hint, &result) == napi_ok) return result;
  unmap(env, data, hint);
  return throw_api_failure(env, "napi_create_external_arraybuffer");
}

napi_status register_map_file(napi_env env, napi_value exports) {
  static const struct method methods[] = {{"mapFile", map_file}};
  return define_functions(env, exports, methods, LENGTH_OF(methods));
}
