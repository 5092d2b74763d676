/* The child's side of a spawn. */
#ifndef HOLDFAST_LAUNCH_H
#define HOLDFAST_LAUNCH_H

#include <stdbool.h>
#include <stdint.h>

struct program {
  const char *cwd;
  char **argv;
  char **env;
  const int *fds;
  int targets[16];
  uint32_t fd_count;
};

/* What goes through the report pipe if exec was not reached. */
struct launch_failure {
  int error;
  char where[16];
};

/* Becomes the program, or reports and exits with 127. */
_Noreturn void launch(const struct program *program, int report);
/* Puts each descriptor on its target, whatever the order and overlaps. `report` moves too, unless it is -1. Sets errno. */
bool place_fds(const struct program *program, int *report);
/* execve, after a search of PATH in `env` if the name has no slash. Returns only on failure, with errno. */
void exec_in_path(char **argv, char **env);

#endif
