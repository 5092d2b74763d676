#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <time.h>

#include "addon.h"

static napi_value lock_file(napi_env env, napi_callback_info info) {
  napi_value argv[2];
  int fd;
  bool exclusive;
  if (!get_arguments(env, info, 2, argv)) return NULL;
  if (!get_int(env, argv[0], "fd", &fd) || !get_bool(env, argv[1], "exclusive", &exclusive)) return NULL;
  int result;
  do result = flock(fd, (exclusive ? LOCK_EX : LOCK_SH) | LOCK_NB);
  while (result < 0 && errno == EINTR);
  if (result < 0 && errno != EWOULDBLOCK) return throw_errno(env, errno, "flock", NULL);
  return make_bool(env, result == 0);
}

static napi_value set_close_on_exec(napi_env env, napi_callback_info info) {
  napi_value argv[2];
  int fd;
  bool on;
  if (!get_arguments(env, info, 2, argv)) return NULL;
  if (!get_int(env, argv[0], "fd", &fd) || !get_bool(env, argv[1], "on", &on)) return NULL;
  if (fcntl(fd, F_SETFD, on ? FD_CLOEXEC : 0) < 0) return throw_errno(env, errno, "fcntl", NULL);
  return NULL;
}

static napi_value is_sealed(napi_env env, napi_callback_info info) {
  enum { WANTED = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE };
  napi_value argv[1];
  int fd;
  if (!get_arguments(env, info, 1, argv) || !get_int(env, argv[0], "fd", &fd)) return NULL;
  int seals = fcntl(fd, F_GET_SEALS);
  /* EINVAL: what is no file in memory has none. */
  if (seals < 0 && errno != EINVAL) return throw_errno(env, errno, "fcntl", NULL);
  return make_bool(env, seals >= 0 && (seals & WANTED) == WANTED);
}

static napi_value parent_death_signal(napi_env env, napi_callback_info info) {
  napi_value argv[1];
  uint32_t signal;
  if (!get_arguments(env, info, 1, argv) || !get_u32(env, argv[0], "signal", &signal)) return NULL;
  if (prctl(PR_SET_PDEATHSIG, (unsigned long)signal) < 0) return throw_errno(env, errno, "prctl", NULL);
  return NULL;
}

static napi_value realtime(napi_env env, napi_callback_info info) {
  struct timespec now;
  napi_value result;
  (void)info;
  if (clock_gettime(CLOCK_REALTIME, &now) < 0) return throw_errno(env, errno, "clock_gettime", NULL);
  TRY(napi_create_bigint_int64(env, now.tv_sec * INT64_C(1000000000) + now.tv_nsec, &result));
  return result;
}

napi_status register_misc(napi_env env, napi_value exports) {
  static const struct method methods[] = {
      {"flock", lock_file},
      {"setCloseOnExec", set_close_on_exec},
      {"isSealed", is_sealed},
      {"parentDeathSignal", parent_death_signal},
      {"realtime", realtime},
  };
  return define_functions(env, exports, methods, LENGTH_OF(methods));
}
