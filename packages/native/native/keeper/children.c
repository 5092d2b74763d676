#include "children.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct child *first;

struct child *child_new(const char *tag) {
  size_t size = strlen(tag) + 1;
  struct child *child = calloc(1, sizeof *child + size);
  if (child == NULL) return NULL;
  child->exec_fd = -1;
  memcpy(child->tag, tag, size);
  return child;
}

void child_add(struct child *child) {
  child->next = first;
  first = child;
}

struct child *child_find(pid_t pid) {
  struct child *child = first;
  while (child != NULL && child->pid != pid) child = child->next;
  return child;
}

void child_remove(struct child *child) {
  struct child **link = &first;
  while (*link != child) link = &(*link)->next;
  *link = child->next;
  if (child->exec_fd >= 0) close(child->exec_fd);
  free(child);
}

struct child *child_first(void) {
  return first;
}
