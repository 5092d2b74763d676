#define _GNU_SOURCE
#include <errno.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "addon.h"

/* Linux 6.13; the exit status since 6.15. Not in the headers of older distributions. */
struct pidfd_info_v1 {
  uint64_t mask;
  uint64_t cgroupid;
  uint32_t pid, tgid, ppid;
  uint32_t ruid, rgid, euid, egid, suid, sgid, fsuid, fsgid;
  int32_t exit_code;
  uint32_t coredump_mask;
  uint32_t spare;
};

#define HOLDFAST_PIDFD_GET_INFO _IOWR(0xFF, 11, struct pidfd_info_v1)
#define HOLDFAST_PIDFD_INFO_EXIT (1ULL << 3)
_Static_assert(sizeof(struct pidfd_info_v1) == 72, "the size is part of the ioctl's number");

static napi_value pidfd_open_pid(napi_env env, napi_callback_info info) {
  napi_value argv[1];
  int pid;
  if (!get_arguments(env, info, 1, argv) || !get_int(env, argv[0], "pid", &pid)) return NULL;
  /* The kernel makes every pidfd CLOEXEC. */
  int fd = (int)syscall(SYS_pidfd_open, pid, 0);
  return fd < 0 ? throw_errno(env, errno, "pidfd_open", NULL) : make_int(env, fd);
}

static napi_value send_signal(napi_env env, napi_callback_info info) {
  napi_value argv[2];
  int fd, number;
  if (!get_arguments(env, info, 2, argv)) return NULL;
  if (!get_int(env, argv[0], "pidfd", &fd) || !get_int(env, argv[1], "signal", &number)) return NULL;
  if (syscall(SYS_pidfd_send_signal, fd, number, NULL, 0) < 0)
    return throw_errno(env, errno, "pidfd_send_signal", NULL);
  return NULL;
}

static napi_value exit_status(napi_env env, napi_callback_info info) {
  napi_value argv[1];
  int fd;
  struct pidfd_info_v1 details = {.mask = HOLDFAST_PIDFD_INFO_EXIT};
  if (!get_arguments(env, info, 1, argv) || !get_int(env, argv[0], "pidfd", &fd)) return NULL;
  if (ioctl(fd, HOLDFAST_PIDFD_GET_INFO, &details) < 0)
    return errno == EBADF ? throw_errno(env, errno, "ioctl", NULL) : make_undefined(env);
  return details.mask & HOLDFAST_PIDFD_INFO_EXIT ? make_int(env, details.exit_code) : make_undefined(env);
}

napi_status register_pidfd(napi_env env, napi_value exports) {
  static const struct method methods[] = {
      {"pidfdOpen", pidfd_open_pid}, {"pidfdSendSignal", send_signal}, {"pidfdExitStatus", exit_status}};
  return define_functions(env, exports, methods, LENGTH_OF(methods));
}
