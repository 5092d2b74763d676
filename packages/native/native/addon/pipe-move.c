/* From pipe to pipe inside the kernel: what is consumed is delivered by the same system call, so that a kill takes nothing. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/types.h>

#include "addon.h"

enum { MAX_MOVE = 1 << 20, TRIES = 3 };

/* What a call returns instead of a number of bytes. */
enum { ENDED = 0, EMPTY = -1, FULL = -2, UNREAD = -3 };

typedef ssize_t (*mover)(int from, int to, size_t bytes);

static ssize_t do_splice(int from, int to, size_t bytes) {
  return splice(from, NULL, to, NULL, bytes, SPLICE_F_NONBLOCK | SPLICE_F_MOVE);
}

static ssize_t do_tee(int from, int to, size_t bytes) {
  return tee(from, to, bytes, SPLICE_F_NONBLOCK);
}

/* EAGAIN does not tell which end it is about, EPIPE hides an end of file. Positive: both are ready by now. */
static int state_of(int from, int to) {
  struct pollfd ends[] = {{.fd = from, .events = POLLIN}, {.fd = to, .events = POLLOUT}};
  while (poll(ends, 2, 0) < 0)
    if (errno != EINTR) return FULL;
  if (!(ends[0].revents & POLLIN)) return ends[0].revents & POLLHUP ? ENDED : EMPTY;
  if (ends[1].revents & (POLLERR | POLLHUP)) return UNREAD;
  return ends[1].revents & POLLOUT ? 1 : FULL;
}

static napi_value move(napi_env env, napi_callback_info info, mover mover, const char *name) {
  napi_value argv[3];
  int from, to;
  uint32_t bytes;
  if (!get_arguments(env, info, 3, argv) || !get_int(env, argv[0], "from", &from)) return NULL;
  if (!get_int(env, argv[1], "to", &to) || !get_u32(env, argv[2], "bytes", &bytes)) return NULL;
  if (bytes == 0 || bytes > MAX_MOVE) return throw_errno(env, EINVAL, name, NULL);
  int state = FULL;
  for (int tries = 0; tries < TRIES; tries++) {
    ssize_t moved = mover(from, to, bytes);
    if (moved >= 0) return make_int(env, moved);
    /* A terminal's master whose slaves have gone says EIO. */
    if (errno != EAGAIN && errno != EINTR && errno != EPIPE && errno != EIO) return throw_errno(env, errno, name, NULL);
    state = state_of(from, to);
    if (state <= 0) break;
  }
  return make_int(env, state > 0 ? FULL : state);
}

static napi_value splice_pipe(napi_env env, napi_callback_info info) {
  return move(env, info, do_splice, "splice");
}

static napi_value tee_pipe(napi_env env, napi_callback_info info) {
  return move(env, info, do_tee, "tee");
}

static napi_value pipe_room(napi_env env, napi_callback_info info) {
  napi_value argv[1];
  int fd;
  if (!get_arguments(env, info, 1, argv) || !get_int(env, argv[0], "fd", &fd)) return NULL;
  if (fd < 0) return throw_errno(env, EBADF, "poll", NULL);
  struct pollfd end = {.fd = fd, .events = POLLOUT};
  while (poll(&end, 1, 0) < 0)
    if (errno != EINTR) return throw_errno(env, errno, "poll", NULL);
  if (end.revents & POLLNVAL) return throw_errno(env, EBADF, "poll", NULL);
  if (end.revents & (POLLERR | POLLHUP)) return make_int(env, UNREAD);
  if (!(end.revents & POLLOUT)) return make_int(env, FULL);
  int size = fcntl(fd, F_GETPIPE_SZ), used = 0;
  if (size < 0 || ioctl(fd, FIONREAD, &used) < 0) return throw_errno(env, errno, "fcntl", NULL);
  return make_int(env, size > used ? size - used : 1);
}

napi_status register_pipe_move(napi_env env, napi_value exports) {
  static const struct method methods[] = {{"splice", splice_pipe}, {"tee", tee_pipe}, {"pipeRoom", pipe_room}};
  return define_functions(env, exports, methods, LENGTH_OF(methods));
}
