#define _GNU_SOURCE
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "launcher.h"

extern char **environ;

enum { ARGUMENTS_MAX = 4096 };

/* Beside the launcher's own file: PACKAGE/launchers/PLATFORM/NAME and PACKAGE/dist/main.cjs. */
static const char *own_program(void) {
  static char path[PATH_MAX + 32];
  ssize_t length = readlink("/proc/self/exe", path, PATH_MAX - 1);
  if (length < 0) return NULL;
  path[length] = '\0';
  for (int levels = 0; levels < 3; levels++) {
    char *slash = strrchr(path, '/');
    if (slash == NULL) return NULL;
    *slash = '\0';
  }
  strcat(path, "/dist/main.cjs");
  return path;
}

/* What was read of stdin is put back. */
static bool restore_input(const struct input *input) {
  if (!input->was_read) return true;
  int fd = memfd_create("holdfast-input", MFD_CLOEXEC);
  if (fd < 0) return false;
  if (!write_all(fd, input->bytes, input->length) || lseek(fd, 0, SEEK_SET) < 0) return false;
  return dup2(fd, STDIN_FILENO) >= 0;
}

static void run(const char *node, char **arguments) {
  arguments[0] = (char *)node;
  if (strchr(node, '/') == NULL) execvpe(node, arguments, environ);
  else execve(node, arguments, environ);
}

_Noreturn void fall_back(const char *kind, char **argv, const struct input *input) {
  static char *arguments[ARGUMENTS_MAX];
  const char *program = getenv("HOLDFAST_LAUNCHER_FALLBACK");
  if (program == NULL) program = own_program();
  if (program == NULL || program[0] == '\0') {
    complain(kind, "no shim serves", NULL, 0);
    exit(EXIT_NO_PROGRAM);
  }
  size_t count = 2;
  arguments[1] = (char *)program;
  for (char **argument = argv + 1; *argument != NULL && count < ARGUMENTS_MAX - 1; argument++)
    arguments[count++] = *argument;
  if (access(program, R_OK) < 0) {
    complain(kind, "the installation is not complete:", program, errno);
    exit(EXIT_NO_PROGRAM);
  }
  if (!restore_input(input)) {
    complain(kind, "stdin can not be passed on", NULL, errno);
    exit(EXIT_FAILED);
  }
  const char *named = getenv("HOLDFAST_NODE");
  if (named != NULL && named[0] != '\0') {
    run(named, arguments);
  } else {
    run("node", arguments);
    run("/usr/local/bin/node", arguments);
    run("/usr/bin/node", arguments);
  }
  complain(kind, "Node can not be run: put it into PATH, or name it with HOLDFAST_NODE:",
           named == NULL || named[0] == '\0' ? "node" : named, errno);
  exit(EXIT_NO_PROGRAM);
}
