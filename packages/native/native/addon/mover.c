#define _GNU_SOURCE
#include "mover.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "pipes.h"

static const napi_type_tag tag = {0x5d1c7e0f83a94b26, 0x9be204d7316fca58};

void drop_mover(struct mover *mover) {
  pthread_mutex_lock(&mover->lock);
  bool last = --mover->owners == 0;
  pthread_mutex_unlock(&mover->lock);
  if (!last) return;
  close(mover->fd);
  pthread_mutex_destroy(&mover->lock);
  free(mover);
}

static void stop(struct mover *mover, bool abandon) {
  pthread_mutex_lock(&mover->lock);
  mover->stopped = true;
  if (abandon) mover->abandoned = true;
  pthread_mutex_unlock(&mover->lock);
}

static void close_mover(struct mover *mover) {
  if (mover->closed) return;
  mover->closed = true;
  stop(mover, false);
}

static void finalize(napi_env env, void *data, void *hint) {
  (void)env;
  (void)hint;
  struct mover *mover = data;
  if (mover->closed) return;
  close_mover(mover);
  drop_mover(mover);
}

struct mover *unwrap_mover(napi_env env, napi_value value) {
  void *mover = NULL;
  bool tagged = false;
  if (napi_check_object_type_tag(env, value, &tag, &tagged) == napi_ok && tagged) napi_unwrap(env, value, &mover);
  if (mover == NULL) throw_errno(env, EINVAL, "mover", NULL);
  return mover;
}

bool begin_move(struct mover *mover) {
  if (mover->busy || mover->closed) return false;
  mover->busy = true;
  pthread_mutex_lock(&mover->lock);
  mover->owners++;
  pthread_mutex_unlock(&mover->lock);
  return true;
}

void end_move(struct mover *mover) {
  mover->busy = false;
}

ssize_t look_at_pipe(struct mover *mover, int into, size_t most, struct timespec *time) {
  ssize_t copied = -1;
  pthread_mutex_lock(&mover->lock);
  if (mover->stopped) errno = ECANCELED;
  else do copied = tee(mover->fd, into, most, SPLICE_F_NONBLOCK);
    while (copied < 0 && errno == EINTR);
  if (copied > 0) clock_gettime(CLOCK_REALTIME, time);
  pthread_mutex_unlock(&mover->lock);
  return copied;
}

int take_from_pipe(struct mover *mover, size_t bytes) {
  int result = -1;
  pthread_mutex_lock(&mover->lock);
  if (mover->abandoned) errno = ECANCELED;
  else result = discard_bytes(mover->fd, bytes);
  pthread_mutex_unlock(&mover->lock);
  return result;
}

static struct mover *make_mover(int fd) {
  struct mover *mover = calloc(1, sizeof *mover);
  if (mover == NULL) return NULL;
  mover->fd = fcntl(fd, F_DUPFD_CLOEXEC, 0);
  if (mover->fd < 0) {
    int error = errno;
    free(mover);
    errno = error;
    return NULL;
  }
  pthread_mutex_init(&mover->lock, NULL);
  mover->owners = 1;
  return mover;
}

static napi_value construct(napi_env env, napi_callback_info info) {
  napi_value self, argv[3];
  size_t count = 3, length;
  char stream[8];
  int fd;
  uint32_t limit;
  TRY(napi_get_cb_info(env, info, &count, argv, &self, NULL));
  if (!get_int(env, argv[0], "fd", &fd) || !get_u32(env, argv[2], "limit", &limit)) return NULL;
  TRY(napi_get_value_string_utf8(env, argv[1], stream, sizeof stream, &length));
  if (limit == 0 || limit > MOST_RECORD || length + 1 == sizeof stream) return throw_errno(env, EINVAL, "mover", NULL);
  struct mover *mover = make_mover(fd);
  if (mover == NULL) return throw_errno(env, errno, "fcntl", NULL);
  mover->limit = limit;
  for (size_t i = 0; i <= length; i++) mover->stream[i] = stream[i];
  if (napi_type_tag_object(env, self, &tag) == napi_ok && napi_wrap(env, self, mover, finalize, NULL, NULL) == napi_ok)
    return self;
  drop_mover(mover);
  return throw_api_failure(env, "napi_wrap");
}

/* Once it returns nothing more is looked at. `abandon`: nor consumed, although it may still be written. */
static napi_value stop_mover(napi_env env, napi_callback_info info) {
  napi_value self, argv[1];
  size_t count = 1;
  bool abandon;
  TRY(napi_get_cb_info(env, info, &count, argv, &self, NULL));
  struct mover *mover = unwrap_mover(env, self);
  if (mover == NULL || !get_bool(env, argv[0], "abandon", &abandon)) return NULL;
  stop(mover, abandon);
  return NULL;
}

/* Jobs may look again. One that was stopped before it was handed to a lane stays so. */
static napi_value allow(napi_env env, napi_callback_info info) {
  napi_value self;
  TRY(napi_get_cb_info(env, info, NULL, NULL, &self, NULL));
  struct mover *mover = unwrap_mover(env, self);
  if (mover == NULL) return NULL;
  if (mover->busy) return throw_errno(env, EBUSY, "mover", NULL);
  pthread_mutex_lock(&mover->lock);
  mover->stopped = mover->abandoned = false;
  pthread_mutex_unlock(&mover->lock);
  return NULL;
}

static napi_value close_object(napi_env env, napi_callback_info info) {
  napi_value self;
  TRY(napi_get_cb_info(env, info, NULL, NULL, &self, NULL));
  struct mover *mover = unwrap_mover(env, self);
  if (mover == NULL || mover->closed) return NULL;
  void *removed;
  TRY(napi_remove_wrap(env, self, &removed));
  close_mover(mover);
  drop_mover(mover);
  return NULL;
}

napi_status register_mover(napi_env env, napi_value exports) {
  static const struct method class = {"Mover", construct};
  static const struct method methods[] = {{"stop", stop_mover}, {"allow", allow}, {"close", close_object}};
  return define_class(env, exports, &class, methods, LENGTH_OF(methods));
}
