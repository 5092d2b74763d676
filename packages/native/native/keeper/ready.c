#include "ready.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int ready_fd = -1;

void ready_init(int fd) {
  ready_fd = fd;
}

void ready_ok(void) {
  dprintf(ready_fd, "ok %d\n", (int)getpid());
  close(ready_fd);
  ready_fd = -1;
}

void ready_fail(const char *step, const char *text) {
  if (ready_fd >= 0) dprintf(ready_fd, "error %s: %s\n", step, text);
  dprintf(STDERR_FILENO, "holdfast-keeper: %s: %s\n", step, text);
  exit(1);
}

void ready_fail_errno(const char *step, int error) {
  ready_fail(step, strerror(error));
}
