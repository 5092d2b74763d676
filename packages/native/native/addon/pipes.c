#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "addon.h"
#include "pipes.h"

static pthread_once_t null_once = PTHREAD_ONCE_INIT;
static int null_fd = -1;

static void open_null(void) {
  null_fd = open("/dev/null", O_WRONLY | O_CLOEXEC);
}

static napi_value make_fifo(napi_env env, napi_callback_info info) {
  napi_value argv[2];
  char path[PATH_MAX];
  uint32_t mode;
  if (!get_arguments(env, info, 2, argv) || !get_path(env, argv[0], "mkfifo", path)) return NULL;
  if (!get_u32(env, argv[1], "mode", &mode)) return NULL;
  if (mkfifo(path, mode) < 0) return throw_errno(env, errno, "mkfifo", path);
  /* The umask has cut the mode; a container that changed user must be able to open it again. */
  if (fchmodat(AT_FDCWD, path, mode, AT_SYMLINK_NOFOLLOW) < 0) {
    int error = errno;
    unlink(path);
    return throw_errno(env, error, "chmod", path);
  }
  return NULL;
}

static napi_value make_pipe(napi_env env, napi_callback_info info) {
  napi_value argv[1];
  bool nonblock;
  int ends[2];
  if (!get_arguments(env, info, 1, argv) || !get_bool(env, argv[0], "nonblock", &nonblock)) return NULL;
  if (pipe2(ends, O_CLOEXEC | (nonblock ? O_NONBLOCK : 0)) < 0) return throw_errno(env, errno, "pipe2", NULL);
  return make_fd_array(env, ends, 2);
}

static napi_value set_pipe_size(napi_env env, napi_callback_info info) {
  napi_value argv[2];
  int fd, bytes;
  if (!get_arguments(env, info, 2, argv)) return NULL;
  if (!get_int(env, argv[0], "fd", &fd) || !get_int(env, argv[1], "bytes", &bytes)) return NULL;
  int size = fcntl(fd, F_SETPIPE_SZ, bytes);
  return size < 0 ? throw_errno(env, errno, "fcntl", NULL) : make_int(env, size);
}

static napi_value pipe_bytes(napi_env env, napi_callback_info info) {
  napi_value argv[1];
  int fd, bytes = 0;
  if (!get_arguments(env, info, 1, argv) || !get_int(env, argv[0], "fd", &fd)) return NULL;
  if (ioctl(fd, FIONREAD, &bytes) < 0) return throw_errno(env, errno, "ioctl", NULL);
  return make_int(env, bytes);
}

int read_all(int fd, uint8_t *bytes, size_t wanted) {
  while (wanted > 0) {
    ssize_t got = read(fd, bytes, wanted);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return got < 0 ? errno : EIO;
    bytes += got;
    wanted -= (size_t)got;
  }
  return 0;
}

static napi_value peek(napi_env env, napi_callback_info info) {
  napi_value argv[3];
  int fd, scratch[2];
  size_t ends, length;
  uint8_t *bytes;
  if (!get_arguments(env, info, 3, argv) || !get_int(env, argv[0], "fd", &fd)) return NULL;
  if (!get_fds(env, argv[1], "scratch", scratch, 2, &ends)) return NULL;
  if (!get_bytes(env, argv[2], "buffer", &bytes, &length)) return NULL;
  /* tee() of nothing returns 0, which would read as end of file. */
  if (ends != 2 || length == 0) return throw_errno(env, EINVAL, "tee", NULL);

  ssize_t copied;
  do copied = tee(fd, scratch[1], length, SPLICE_F_NONBLOCK);
  while (copied < 0 && errno == EINTR);
  if (copied < 0) return errno == EAGAIN ? make_int(env, -1) : throw_errno(env, errno, "tee", NULL);
  int error = read_all(scratch[0], bytes, (size_t)copied);
  return error != 0 ? throw_errno(env, error, "read", NULL) : make_int(env, copied);
}

int discard_bytes(int fd, size_t left) {
  while (left > 0) {
    ssize_t gone = splice(fd, NULL, null_fd, NULL, left, SPLICE_F_NONBLOCK);
    if (gone < 0 && errno == EINTR) continue;
    if (gone == 0) errno = ENODATA;
    if (gone <= 0) return -1;
    left -= (size_t)gone;
  }
  return 0;
}

static napi_value discard(napi_env env, napi_callback_info info) {
  napi_value argv[2];
  int fd;
  int64_t bytes;
  if (!get_arguments(env, info, 2, argv) || !get_int(env, argv[0], "fd", &fd)) return NULL;
  if (!get_int64(env, argv[1], "bytes", &bytes)) return NULL;
  if (bytes < 0) return throw_errno(env, EINVAL, "splice", NULL);
  return discard_bytes(fd, (size_t)bytes) < 0 ? throw_errno(env, errno, "splice", NULL) : NULL;
}

napi_status register_pipes(napi_env env, napi_value exports) {
  static const struct method methods[] = {
      {"mkfifo", make_fifo},       {"pipe", make_pipe}, {"setPipeSize", set_pipe_size},
      {"pipeBytes", pipe_bytes},   {"peek", peek},      {"discard", discard},
  };
  pthread_once(&null_once, open_null);
  return define_functions(env, exports, methods, LENGTH_OF(methods));
}
