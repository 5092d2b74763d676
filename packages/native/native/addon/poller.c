#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "addon.h"
#include "uv-subset.h"

enum { BATCH = 64 };

/* Generation 0: not watched. An event carries the generation it was armed with, so that one for a descriptor that an
   earlier callback of the same batch removed (and perhaps replaced) is not delivered. */
struct watch {
  uint32_t token;
  uint32_t generation;
};

struct poller {
  napi_env env;
  int epoll;
  uv_poll_t *handle;
  napi_ref self; /* strong until close(), or collecting the object would end its watches */
  napi_ref callback;
  napi_async_context context;
  napi_async_cleanup_hook_handle hook;
  struct watch *watches; /* by descriptor */
  size_t room;
  size_t watched;
  uint32_t generation;
  bool closed;
  int owners; /* the JavaScript object and the libuv handle */
};

static void drop_owner(struct poller *poller) {
  if (--poller->owners > 0) return;
  free(poller->watches);
  free(poller);
}

static void finalize(napi_env env, void *data, void *hint) {
  (void)env;
  (void)hint;
  drop_owner(data);
}

static void on_closed(uv_handle_t *handle) {
  struct poller *poller = uv_handle_get_data(handle);
  napi_handle_scope scope;
  if (napi_open_handle_scope(poller->env, &scope) == napi_ok) {
    napi_async_destroy(poller->env, poller->context);
    napi_close_handle_scope(poller->env, scope);
  }
  free(poller->handle);
  napi_remove_async_cleanup_hook(poller->hook);
  drop_owner(poller);
}

static void shut(struct poller *poller) {
  if (poller->closed) return;
  poller->closed = true;
  uv_poll_stop(poller->handle);
  uv_close((uv_handle_t *)poller->handle, on_closed);
  close(poller->epoll);
  napi_delete_reference(poller->env, poller->callback);
  napi_delete_reference(poller->env, poller->self);
}

static void on_environment_exit(napi_async_cleanup_hook_handle hook, void *data) {
  (void)hook;
  shut(data);
}

static void deliver(struct poller *poller, const struct epoll_event *event) {
  napi_env env = poller->env;
  const uint32_t fd = (uint32_t)event->data.u64, generation = (uint32_t)(event->data.u64 >> 32);
  if (poller->watches[fd].generation != generation) return;
  napi_value self, callback, result, argv[4];
  if (napi_get_reference_value(env, poller->self, &self) != napi_ok) return;
  if (napi_get_reference_value(env, poller->callback, &callback) != napi_ok) return;
  argv[0] = make_int(env, poller->watches[fd].token);
  argv[1] = make_bool(env, event->events & EPOLLIN);
  argv[2] = make_bool(env, event->events & EPOLLOUT);
  argv[3] = make_bool(env, event->events & (EPOLLHUP | EPOLLERR));
  /* Not napi_call_function: promise jobs and nextTick run after each call. */
  if (napi_make_callback(env, poller->context, self, callback, 4, argv, &result) != napi_pending_exception) return;
  napi_value error;
  if (napi_get_and_clear_last_exception(env, &error) == napi_ok) napi_fatal_exception(env, error);
}

static void on_ready(uv_poll_t *handle, int status, int events) {
  (void)status;
  (void)events;
  struct poller *poller = uv_handle_get_data((uv_handle_t *)handle);
  napi_handle_scope scope;
  if (napi_open_handle_scope(poller->env, &scope) != napi_ok) return;
  struct epoll_event batch[BATCH];
  /* What does not fit stays ready in the epoll instance, and libuv calls again. */
  int count = epoll_wait(poller->epoll, batch, BATCH, 0);
  for (int i = 0; i < count && !poller->closed; i++) deliver(poller, &batch[i]);
  napi_close_handle_scope(poller->env, scope);
}

static int make_handle(struct poller *poller) {
  uv_loop_t *loop;
  poller->epoll = epoll_create1(EPOLL_CLOEXEC);
  if (poller->epoll < 0) return errno;
  poller->handle = calloc(1, uv_handle_size(HOLDFAST_UV_POLL));
  if (poller->handle == NULL || napi_get_uv_event_loop(poller->env, (struct uv_loop_s **)&loop) != napi_ok) return ENOMEM;
  int error = uv_poll_init(loop, poller->handle, poller->epoll);
  if (error < 0) return -error;
  uv_handle_set_data((uv_handle_t *)poller->handle, poller);
  error = uv_poll_start(poller->handle, HOLDFAST_UV_READABLE, on_ready);
  uv_unref((uv_handle_t *)poller->handle);
  return -error;
}

static napi_value construct(napi_env env, napi_callback_info info) {
  size_t count = 1;
  napi_value callback, self, name;
  napi_valuetype type;
  TRY(napi_get_cb_info(env, info, &count, &callback, &self, NULL));
  TRY(napi_typeof(env, callback, &type));
  if (type != napi_function) {
    napi_throw_type_error(env, "ERR_INVALID_ARG_TYPE", "The argument \"callback\" must be a function");
    return NULL;
  }
  struct poller *poller = calloc(1, sizeof *poller);
  if (poller == NULL) return throw_errno(env, ENOMEM, "epoll_create1", NULL);
  poller->env = env;
  poller->owners = 2;
  int error = make_handle(poller);
  if (error != 0) {
    if (poller->epoll >= 0) close(poller->epoll);
    free(poller->handle);
    free(poller);
    return throw_errno(env, error, "epoll_create1", NULL);
  }
  TRY(napi_create_string_utf8(env, "holdfast.Poller", NAPI_AUTO_LENGTH, &name));
  TRY(napi_async_init(env, self, name, &poller->context));
  TRY(napi_create_reference(env, self, 1, &poller->self));
  TRY(napi_create_reference(env, callback, 1, &poller->callback));
  TRY(napi_add_async_cleanup_hook(env, on_environment_exit, poller, &poller->hook));
  TRY(napi_wrap(env, self, poller, finalize, NULL, NULL));
  return self;
}

static struct poller *unwrap(napi_env env, napi_callback_info info, size_t count, napi_value *argv) {
  napi_value self;
  void *poller = NULL;
  size_t given = count;
  if (napi_get_cb_info(env, info, &given, argv, &self, NULL) != napi_ok || napi_unwrap(env, self, &poller) != napi_ok)
    throw_errno(env, EINVAL, "epoll_ctl", NULL);
  return poller;
}

static bool make_room(struct poller *poller, size_t fd) {
  if (fd < poller->room) return true;
  size_t room = fd + 64;
  struct watch *grown = realloc(poller->watches, room * sizeof *grown);
  if (grown == NULL) return false;
  for (size_t i = poller->room; i < room; i++) grown[i] = (struct watch){0, 0};
  poller->watches = grown;
  poller->room = room;
  return true;
}

static napi_value add(napi_env env, napi_callback_info info) {
  napi_value argv[3];
  napi_valuetype type;
  int fd;
  uint32_t token;
  bool write = false;
  struct poller *poller = unwrap(env, info, 3, argv);
  if (poller == NULL || !get_int(env, argv[0], "fd", &fd) || !get_u32(env, argv[1], "token", &token)) return NULL;
  TRY(napi_typeof(env, argv[2], &type));
  if (type != napi_undefined && !get_bool(env, argv[2], "write", &write)) return NULL;
  if (poller->closed || fd < 0) return throw_errno(env, EBADF, "epoll_ctl", NULL);

  const uint32_t generation = poller->generation + 1 == 0 ? 1 : poller->generation + 1;
  struct epoll_event event = {.events = EPOLLET | (write ? EPOLLOUT : EPOLLIN)};
  event.data.u64 = (uint64_t)generation << 32 | (uint32_t)fd;
  /* First the kernel, which knows whether `fd` is a descriptor at all: the table grows to real numbers only. */
  if (epoll_ctl(poller->epoll, EPOLL_CTL_ADD, fd, &event) < 0) return throw_errno(env, errno, "epoll_ctl", NULL);
  if (!make_room(poller, (size_t)fd)) {
    epoll_ctl(poller->epoll, EPOLL_CTL_DEL, fd, NULL);
    return throw_errno(env, ENOMEM, "epoll_ctl", NULL);
  }
  /* Still marked as watched: it was closed without remove(), and its number was given out again. */
  if (poller->watches[fd].generation == 0 && poller->watched++ == 0) uv_ref((uv_handle_t *)poller->handle);
  poller->generation = generation;
  poller->watches[fd] = (struct watch){token, generation};
  return NULL;
}

static napi_value remove_fd(napi_env env, napi_callback_info info) {
  napi_value argv[1];
  int fd;
  struct poller *poller = unwrap(env, info, 1, argv);
  if (poller == NULL || !get_int(env, argv[0], "fd", &fd)) return NULL;
  if (poller->closed) return throw_errno(env, EBADF, "epoll_ctl", NULL);
  if (fd < 0 || (size_t)fd >= poller->room || poller->watches[fd].generation == 0)
    return throw_errno(env, ENOENT, "epoll_ctl", NULL);
  poller->watches[fd].generation = 0;
  if (--poller->watched == 0) uv_unref((uv_handle_t *)poller->handle);
  if (epoll_ctl(poller->epoll, EPOLL_CTL_DEL, fd, NULL) < 0) return throw_errno(env, errno, "epoll_ctl", NULL);
  return NULL;
}

static napi_value close_poller(napi_env env, napi_callback_info info) {
  struct poller *poller = unwrap(env, info, 0, NULL);
  if (poller != NULL) shut(poller);
  return NULL;
}

napi_status register_poller(napi_env env, napi_value exports) {
  static const struct method class = {"Poller", construct};
  static const struct method methods[] = {{"add", add}, {"remove", remove_fd}, {"close", close_poller}};
  return define_class(env, exports, &class, methods, LENGTH_OF(methods));
}
