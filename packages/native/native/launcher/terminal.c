#include "terminal.h"

#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

static struct termios before;
static bool known;
/* Read by handlers of signals. */
static volatile bool wanted, is_raw;

uint32_t terminal_standard(void) {
  uint32_t bits = 0;
  for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
    if (isatty(fd)) bits |= 1u << fd;
  return bits;
}

struct terminal_size terminal_size(void) {
  struct winsize size;
  int fd = isatty(STDOUT_FILENO) ? STDOUT_FILENO : STDIN_FILENO;
  if (ioctl(fd, TIOCGWINSZ, &size) < 0) return (struct terminal_size){0};
  return (struct terminal_size){size.ws_row, size.ws_col};
}

void terminal_remember(void) {
  known = tcgetattr(STDIN_FILENO, &before) == 0;
}

/* TCSANOW: waiting for output to drain would hang on a terminal that nobody reads. */
static void make_raw(void) {
  /* It may have been set otherwise since: by whom this program was stopped for, say. */
  terminal_remember();
  if (!known) return;
  struct termios raw = before;
  cfmakeraw(&raw);
  is_raw = true;
  tcsetattr(STDIN_FILENO, TCSANOW, &raw);
}

void terminal_set_raw(bool raw) {
  wanted = raw;
  if (raw && !is_raw) make_raw();
  if (!raw) terminal_restore();
}

void terminal_restore(void) {
  if (!is_raw) return;
  is_raw = false;
  tcsetattr(STDIN_FILENO, TCSANOW, &before);
}

void terminal_resume(void) {
  if (!wanted) return;
  terminal_restore();
  make_raw();
}
