#include "held.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "relay-listeners.h"
#include "sockets.h"

static struct held *first;

static struct held **find(const char *key) {
  struct held **link = &first;
  while (*link != NULL && strcmp((*link)->key, key) != 0) link = &(*link)->next;
  return link;
}

static void release(int fd) {
  listener_forget(fd);
  close(fd);
}

int held_put(const char *key, int fd) {
  struct held *held = *find(key);
  if (held != NULL) {
    release(held->fd);
    held->fd = fd;
    return 0;
  }
  size_t size = strlen(key) + 1;
  held = malloc(sizeof *held + size);
  if (held == NULL) return ENOMEM;
  memcpy(held->key, key, size);
  held->fd = fd;
  held->next = first;
  first = held;
  return 0;
}

int held_drop(const char *key) {
  struct held **link = find(key);
  struct held *held = *link;
  if (held == NULL) return ENOENT;
  *link = held->next;
  release(held->fd);
  free(held);
  return 0;
}

int held_get(const char *key) {
  const struct held *held = *find(key);
  return held != NULL ? held->fd : -1;
}

int held_accept(const char *from, const char *to) {
  int listener = held_get(from);
  if (listener < 0) return ENOENT;
  int connection = socket_accept(listener);
  if (connection < 0) return errno;
  int error = held_put(to, connection);
  if (error != 0) close(connection);
  return error;
}

const struct held *held_first(void) {
  return first;
}
