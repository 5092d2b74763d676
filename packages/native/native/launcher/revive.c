#define _GNU_SOURCE
#include "revive.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"
#include "node.h"
#include "signals.h"

enum { EVERY = 2000 };

static pid_t child;
static int64_t last;

/* One that stands for a container is kept from the kernel's OOM killer; what it starts is not. */
static void be_ordinary(void) {
  char text[8] = {0};
  int fd = open("/proc/self/oom_score_adj", O_RDWR | O_CLOEXEC);
  if (fd < 0) return;
  if (read(fd, text, sizeof text - 1) > 0 && strcmp(text, "-1000\n") == 0 && write(fd, "0", 1) < 0) text[0] = '\0';
  close(fd);
}

_Noreturn static void run(const char *program, char **argv) {
  int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);
  for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) dup2(nothing, fd);
  /* Keys at our terminal are not for it. */
  setsid();
  signals_give_back();
  be_ordinary();
  setenv("HOLDFAST_LAUNCHER_REVIVE", "1", 1);
  node_run(program, argv);
  _exit(1);
}

bool revive_now(const char *program, char **argv) {
  int status;
  pid_t starter = fork();
  if (starter < 0) return false;
  if (starter == 0) run(program, argv);
  while (waitpid(starter, &status, 0) < 0)
    if (errno != EINTR) return false;
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

void revive(const char *program, char **argv) {
  if (child > 0 && waitpid(child, NULL, WNOHANG) == 0) return;
  if (last != 0 && clock_now() - last < EVERY) return;
  last = clock_now();
  child = fork();
  if (child == 0) run(program, argv);
}
