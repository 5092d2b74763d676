#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/types.h>
#include <termios.h>

#include "addon.h"

enum { MAX_MOVE = 1 << 20 };

/* A hung-up terminal (its last slave closed) reads as EIO once it is empty. */
static napi_value splice_terminal(napi_env env, napi_callback_info info) {
  napi_value argv[3];
  int terminal, pipe;
  uint32_t bytes;
  if (!get_arguments(env, info, 3, argv) || !get_int(env, argv[0], "terminal", &terminal)) return NULL;
  if (!get_int(env, argv[1], "pipe", &pipe) || !get_u32(env, argv[2], "bytes", &bytes)) return NULL;
  if (bytes == 0 || bytes > MAX_MOVE) return throw_errno(env, EINVAL, "splice", NULL);
  ssize_t moved;
  do moved = splice(terminal, NULL, pipe, NULL, bytes, SPLICE_F_NONBLOCK);
  while (moved < 0 && errno == EINTR);
  if (moved < 0 && errno == EAGAIN) return make_int(env, -1);
  if (moved < 0 && errno == EIO) return make_int(env, 0);
  return moved < 0 ? throw_errno(env, errno, "splice", NULL) : make_int(env, moved);
}

static napi_value set_terminal_size(napi_env env, napi_callback_info info) {
  napi_value argv[3];
  int terminal;
  uint32_t rows, columns;
  if (!get_arguments(env, info, 3, argv) || !get_int(env, argv[0], "terminal", &terminal)) return NULL;
  if (!get_u32(env, argv[1], "rows", &rows) || !get_u32(env, argv[2], "columns", &columns)) return NULL;
  if (rows > USHRT_MAX || columns > USHRT_MAX) return throw_errno(env, EINVAL, "ioctl", NULL);
  struct winsize size = {.ws_row = rows, .ws_col = columns};
  if (ioctl(terminal, TIOCSWINSZ, &size) < 0) return throw_errno(env, errno, "ioctl", NULL);
  return NULL;
}

static napi_value terminal_size(napi_env env, napi_callback_info info) {
  napi_value argv[1], result;
  int terminal;
  struct winsize size;
  if (!get_arguments(env, info, 1, argv) || !get_int(env, argv[0], "terminal", &terminal)) return NULL;
  if (ioctl(terminal, TIOCGWINSZ, &size) < 0) return throw_errno(env, errno, "ioctl", NULL);
  TRY(napi_create_object(env, &result));
  TRY(napi_set_named_property(env, result, "rows", make_int(env, size.ws_row)));
  TRY(napi_set_named_property(env, result, "columns", make_int(env, size.ws_col)));
  return result;
}

/* SPLICE_F_NONBLOCK speaks of the pipe alone: whether reading the terminal blocks is the master's own flag. */
static napi_value set_non_blocking(napi_env env, napi_callback_info info) {
  napi_value argv[1];
  int fd;
  if (!get_arguments(env, info, 1, argv) || !get_int(env, argv[0], "fd", &fd)) return NULL;
  int flags = fcntl(fd, F_GETFL);
  if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) < 0) return throw_errno(env, errno, "fcntl", NULL);
  return NULL;
}

/* TCSANOW: waiting for output to drain would hang on a terminal that nobody reads. */
static napi_value make_raw(napi_env env, napi_callback_info info) {
  napi_value argv[1], result;
  int fd;
  struct termios before;
  void *copy;
  if (!get_arguments(env, info, 1, argv) || !get_int(env, argv[0], "terminal", &fd)) return NULL;
  if (tcgetattr(fd, &before) < 0) return throw_errno(env, errno, "tcgetattr", NULL);
  struct termios raw = before;
  cfmakeraw(&raw);
  if (tcsetattr(fd, TCSANOW, &raw) < 0) return throw_errno(env, errno, "tcsetattr", NULL);
  TRY(napi_create_buffer_copy(env, sizeof before, &before, &copy, &result));
  return result;
}

static napi_value restore(napi_env env, napi_callback_info info) {
  napi_value argv[2];
  int fd;
  uint8_t *mode;
  size_t length;
  struct termios before;
  if (!get_arguments(env, info, 2, argv) || !get_int(env, argv[0], "terminal", &fd)) return NULL;
  if (!get_bytes(env, argv[1], "mode", &mode, &length)) return NULL;
  if (length != sizeof before) return throw_errno(env, EINVAL, "tcsetattr", NULL);
  memcpy(&before, mode, sizeof before);
  if (tcsetattr(fd, TCSANOW, &before) < 0) return throw_errno(env, errno, "tcsetattr", NULL);
  return NULL;
}

napi_status register_terminal(napi_env env, napi_value exports) {
  static const struct method methods[] = {
      {"spliceTerminal", splice_terminal},
      {"setTerminalSize", set_terminal_size},
      {"terminalSize", terminal_size},
      {"setNonBlocking", set_non_blocking},
      {"makeTerminalRaw", make_raw},
      {"restoreTerminal", restore},
  };
  return define_functions(env, exports, methods, LENGTH_OF(methods));
}
