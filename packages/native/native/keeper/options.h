/* The command line: docs/keeper-protocol.md. */
#ifndef HOLDFAST_OPTIONS_H
#define HOLDFAST_OPTIONS_H

#include <stdbool.h>

enum { MAX_CGROUPS = 32 };

struct options {
  const char *group;
  const char *api_socket;
  const char *launch_socket; /* NULL if there is none */
  const char *log;
  const char *state; /* NULL if there is none */
  const char *cgroups[MAX_CGROUPS];
  int cgroup_count;
  int ready_fd;
  int lock_fd;
  char **program;
};

/* On failure returns false and `problem` says which argument is wrong. `ready_fd` is -1 or usable either way. */
bool parse_options(int argc, char **argv, struct options *options, const char **problem);

#endif
