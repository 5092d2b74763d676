/* The spawned programs that have not been reaped. */
#ifndef HOLDFAST_CHILDREN_H
#define HOLDFAST_CHILDREN_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct child {
  struct child *next;
  pid_t pid;
  uint64_t start_time;
  int exec_fd;      /* read end of the pipe that exec closes; -1 once that is known */
  bool forgotten;   /* its exit is nobody's business: its request was answered with ERROR, or it was a shimd */
  uint32_t request; /* what to answer once exec is known, */
  uint32_t session; /* if the session is still the same */
  char tag[];
};

/* NULL if there is no memory. */
struct child *child_new(const char *tag);
void child_add(struct child *child);
struct child *child_find(pid_t pid);
void child_remove(struct child *child);
struct child *child_first(void);

#endif
