/* What the addon's files share: arguments in, errors out, and each topic's registration. */
#ifndef HOLDFAST_ADDON_H
#define HOLDFAST_ADDON_H

#define NAPI_VERSION 8
#include <node_api.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Returns NULL from a callback if a Node-API call fails; an exception is then pending. */
#define TRY(call)                                                                                                    \
  do {                                                                                                               \
    if ((call) != napi_ok) return throw_api_failure(env, #call);                                                     \
  } while (0)

struct method {
  const char *name;
  napi_callback callback;
};

/* errors.c: `error` is a positive errno. `path` and `dest` may be NULL. */
struct failure {
  int error;
  const char *syscall;
  const char *path;
  const char *dest;
};

napi_value make_failure(napi_env env, const struct failure *failure);
napi_value throw_errno(napi_env env, int error, const char *syscall, const char *path);
napi_value throw_api_failure(napi_env env, const char *call);

/* arguments.c: each returns false with an exception pending. */
bool get_arguments(napi_env env, napi_callback_info info, size_t count, napi_value *values);
bool get_int(napi_env env, napi_value value, const char *name, int *out);
bool get_u32(napi_env env, napi_value value, const char *name, uint32_t *out);
bool get_int64(napi_env env, napi_value value, const char *name, int64_t *out);
bool get_bool(napi_env env, napi_value value, const char *name, bool *out);
bool get_bytes(napi_env env, napi_value value, const char *name, uint8_t **bytes, size_t *length);
bool get_u32_array(napi_env env, napi_value value, const char *name, uint32_t **values, size_t *count);
/* `path` has room for PATH_MAX bytes. */
bool get_path(napi_env env, napi_value value, const char *syscall, char *path);
/* At most `room` descriptors. */
bool get_fds(napi_env env, napi_value value, const char *name, int *fds, size_t room, size_t *count);

napi_value make_int(napi_env env, int64_t value);
napi_value make_bool(napi_env env, bool value);
napi_value make_undefined(napi_env env);
napi_value make_fd_array(napi_env env, const int *fds, size_t count);

napi_status define_functions(napi_env env, napi_value exports, const struct method *methods, size_t count);
napi_status define_class(napi_env env, napi_value exports, const struct method *class, const struct method *methods,
                         size_t count);

napi_status register_pipes(napi_env env, napi_value exports);
napi_status register_pipe_move(napi_env env, napi_value exports);
napi_status register_records(napi_env env, napi_value exports);
napi_status register_seqpacket(napi_env env, napi_value exports);
napi_status register_datagram(napi_env env, napi_value exports);
napi_status register_notify(napi_env env, napi_value exports);
napi_status register_pidfd(napi_env env, napi_value exports);
napi_status register_peer_descriptors(napi_env env, napi_value exports);
napi_status register_eventfd(napi_env env, napi_value exports);
napi_status register_map_file(napi_env env, napi_value exports);
napi_status register_misc(napi_env env, napi_value exports);
napi_status register_poller(napi_env env, napi_value exports);
napi_status register_terminal(napi_env env, napi_value exports);
napi_status register_lane(napi_env env, napi_value exports);
napi_status register_mount(napi_env env, napi_value exports);
napi_status register_mover(napi_env env, napi_value exports);
napi_status register_replace_file(napi_env env, napi_value exports);
napi_status register_release_memory(napi_env env, napi_value exports);

#define LENGTH_OF(array) (sizeof(array) / sizeof((array)[0]))

#endif
