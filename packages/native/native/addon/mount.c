/*
 * mount(2) and umount2(2) as promises, each in a thread of its own: a file system may take its time, or hang. The thread has a working
 * directory of its own, so that the options of an overlay, a page at most, can name its layers by short paths.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

#include "addon.h"

enum { OPTIONS_MAX = 4096, TYPE_MAX = 64 };

struct work {
  napi_deferred deferred;
  napi_async_work handle;
  bool unmount;
  int flags;
  int error;
  const char *step; /* what failed */
  char source[PATH_MAX], target[PATH_MAX], directory[PATH_MAX];
  char type[TYPE_MAX], options[OPTIONS_MAX];
};

static int mount_it(struct work *work) {
  work->step = "unshare";
  if (unshare(CLONE_FS) < 0) return -1;
  work->step = "chdir";
  if (work->directory[0] != '\0' && chdir(work->directory) < 0) return -1;
  work->step = "mount";
  const char *type = work->type[0] == '\0' ? NULL : work->type;
  const char *options = work->options[0] == '\0' ? NULL : work->options;
  return mount(work->source, work->target, type, (unsigned long)work->flags, options);
}

static void *run(void *data) {
  struct work *work = data;
  int result;
  if (work->unmount) {
    work->step = "umount2";
    result = umount2(work->target, work->flags);
  } else {
    result = mount_it(work);
  }
  work->error = result < 0 ? errno : 0;
  return NULL;
}

/* A thread of the pool must keep the process's working directory. */
static void execute(napi_env env, void *data) {
  struct work *work = data;
  pthread_t thread;
  (void)env;
  work->step = "pthread_create";
  work->error = pthread_create(&thread, NULL, run, work);
  if (work->error == 0) pthread_join(thread, NULL);
}

static void complete(napi_env env, napi_status status, void *data) {
  struct work *work = data;
  (void)status;
  const struct failure failure = {work->error, work->step, work->target, NULL};
  if (work->error == 0) napi_resolve_deferred(env, work->deferred, make_undefined(env));
  else napi_reject_deferred(env, work->deferred, make_failure(env, &failure));
  napi_delete_async_work(env, work->handle);
  free(work);
}

/* False with an exception pending: a text with NUL, or that does not fit. */
static bool get_text(napi_env env, napi_value value, const char *name, char *text, size_t room) {
  size_t length;
  if (napi_get_value_string_utf8(env, value, NULL, 0, &length) != napi_ok) {
    napi_throw_type_error(env, "ERR_INVALID_ARG_TYPE", name);
    return false;
  }
  if (length >= room) {
    throw_errno(env, E2BIG, "mount", name);
    return false;
  }
  if (napi_get_value_string_utf8(env, value, text, room, &length) != napi_ok) return false;
  if (strlen(text) == length) return true;
  throw_errno(env, EINVAL, "mount", name);
  return false;
}

static napi_value enqueue(napi_env env, struct work *work) {
  napi_value promise, name;
  if (napi_create_promise(env, &work->deferred, &promise) == napi_ok &&
      napi_create_string_utf8(env, "holdfast:mount", NAPI_AUTO_LENGTH, &name) == napi_ok &&
      napi_create_async_work(env, NULL, name, execute, complete, work, &work->handle) == napi_ok &&
      napi_queue_async_work(env, work->handle) == napi_ok)
    return promise;
  free(work);
  return throw_api_failure(env, "napi_queue_async_work");
}

static napi_value mount_filesystem(napi_env env, napi_callback_info info) {
  napi_value argv[6];
  if (!get_arguments(env, info, 6, argv)) return NULL;
  struct work *work = calloc(1, sizeof *work);
  if (work == NULL) return throw_errno(env, ENOMEM, "mount", NULL);
  if (get_text(env, argv[0], "source", work->source, sizeof work->source) &&
      get_path(env, argv[1], "mount", work->target) &&
      get_text(env, argv[2], "type", work->type, sizeof work->type) && get_int(env, argv[3], "flags", &work->flags) &&
      get_text(env, argv[4], "options", work->options, sizeof work->options) &&
      get_text(env, argv[5], "directory", work->directory, sizeof work->directory))
    return enqueue(env, work);
  free(work);
  return NULL;
}

static napi_value unmount_filesystem(napi_env env, napi_callback_info info) {
  napi_value argv[2];
  if (!get_arguments(env, info, 2, argv)) return NULL;
  struct work *work = calloc(1, sizeof *work);
  if (work == NULL) return throw_errno(env, ENOMEM, "umount2", NULL);
  work->unmount = true;
  if (get_path(env, argv[0], "umount2", work->target) && get_int(env, argv[1], "flags", &work->flags))
    return enqueue(env, work);
  free(work);
  return NULL;
}

napi_status register_mount(napi_env env, napi_value exports) {
  static const struct method methods[] = {{"mount", mount_filesystem}, {"unmount", unmount_filesystem}};
  return define_functions(env, exports, methods, LENGTH_OF(methods));
}
