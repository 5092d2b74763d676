#define _GNU_SOURCE
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "launcher.h"

static const char *program_name;

void complain(const char *kind, const char *what, const char *which, int error) {
  (void)kind;
  fprintf(stderr, "%s: %s", program_name, what);
  if (which != NULL) fprintf(stderr, " %s", which);
  if (error != 0) fprintf(stderr, ": %s", strerror(error));
  fputc('\n', stderr);
}

/* The file that runs decides, not the name that it was called by. */
static const char *own_name(char *path) {
  ssize_t length = readlink("/proc/self/exe", path, PATH_MAX - 1);
  if (length < 0) return "holdfast-launcher";
  path[length] = '\0';
  char *slash = strrchr(path, '/');
  return slash == NULL ? path : slash + 1;
}

static const char *kind_of(const char *name) {
  return strcmp(name, "containerd-shim-holdfast-v1") == 0 ? "containerd" : name;
}

int main(int argc, char **argv) {
  static char path[PATH_MAX];
  struct input input = {0};
  (void)argc;
  program_name = own_name(path);
  const char *root = getenv("HOLDFAST_ROOT");
  if (root == NULL || root[0] == '\0') root = "/run/holdfast";
  struct session session = {.root = root, .kind = kind_of(program_name), .argv = argv, .input = &input};
  /* A reader that has gone must not end us before we have told our exit code. */
  signal(SIGPIPE, SIG_IGN);
  if (run_session(&session) == OUTCOME_EXIT) return session.code;
  signal(SIGPIPE, SIG_DFL);
  fall_back(session.kind, argv, &input);
}
