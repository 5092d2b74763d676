#include <errno.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "addon.h"

static napi_value make_eventfd(napi_env env, napi_callback_info info) {
  (void)info;
  int fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  return fd < 0 ? throw_errno(env, errno, "eventfd", NULL) : make_int(env, fd);
}

static napi_value take_events(napi_env env, napi_callback_info info) {
  napi_value argv[1], result;
  int fd;
  if (!get_arguments(env, info, 1, argv) || !get_int(env, argv[0], "fd", &fd)) return NULL;
  eventfd_t count = 0;
  int status;
  do status = eventfd_read(fd, &count);
  while (status < 0 && errno == EINTR);
  if (status < 0 && errno != EAGAIN) return throw_errno(env, errno, "read", NULL);
  TRY(napi_create_bigint_uint64(env, status < 0 ? 0 : count, &result));
  return result;
}

napi_status register_eventfd(napi_env env, napi_value exports) {
  static const struct method methods[] = {{"eventfd", make_eventfd}, {"takeEvents", take_events}};
  return define_functions(env, exports, methods, LENGTH_OF(methods));
}
