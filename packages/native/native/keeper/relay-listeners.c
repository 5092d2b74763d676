#define _GNU_SOURCE
#include "relay-listeners.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "events.h"
#include "log.h"
#include "relays.h"
#include "sockets.h"

struct listener {
  struct listener *next;
  int fd;
  uint32_t number;
  bool paused;
  char key[];
};

static struct listener *first;
static uint32_t last_number;
static int64_t failure_logged;

static struct listener **find(int fd) {
  struct listener **link = &first;
  while (*link != NULL && (*link)->fd != fd) link = &(*link)->next;
  return link;
}

static bool option_is(int fd, int option, int wanted) {
  int value;
  socklen_t size = sizeof value;
  return getsockopt(fd, SOL_SOCKET, option, &value, &size) == 0 && value == wanted;
}

static bool is_listener(int fd) {
  int flags = fcntl(fd, F_GETFL);
  return flags >= 0 && (flags & O_NONBLOCK) && option_is(fd, SO_DOMAIN, AF_UNIX) &&
         option_is(fd, SO_TYPE, SOCK_STREAM) && option_is(fd, SO_ACCEPTCONN, 1);
}

int listener_add(int fd, const char *key) {
  if (*find(fd) != NULL) return 0;
  if (!is_listener(fd)) return EINVAL;
  size_t size = strlen(key) + 1;
  struct listener *listener = malloc(sizeof *listener + size);
  if (listener == NULL) return ENOMEM;
  *listener = (struct listener){.next = first, .fd = fd, .number = ++last_number};
  memcpy(listener->key, key, size);
  if (events_add(fd, EPOLLIN, EVENT_RELAY_LISTENER, listener->number) < 0) {
    int error = errno;
    free(listener);
    return error;
  }
  first = listener;
  return 0;
}

void listener_forget(int fd) {
  struct listener **link = find(fd);
  struct listener *listener = *link;
  if (listener == NULL) return;
  *link = listener->next;
  events_remove(fd);
  free(listener);
}

static void watch(struct listener *listener, bool on) {
  listener->paused = !on;
  events_change(listener->fd, on ? EPOLLIN : 0, EVENT_RELAY_LISTENER, listener->number);
}

/* The file's mode should have kept them out. */
static bool is_allowed(int connection) {
  struct ucred peer;
  socklen_t size = sizeof peer;
  if (getsockopt(connection, SOL_SOCKET, SO_PEERCRED, &peer, &size) < 0) return false;
  return peer.uid == 0 || peer.uid == geteuid();
}

void listener_ready(uint32_t number) {
  struct listener *listener = first;
  while (listener != NULL && listener->number != number) listener = listener->next;
  if (listener == NULL || listener->paused) return;
  int connection = socket_accept(listener->fd);
  if (connection >= 0) {
    if (is_allowed(connection)) relays_add(connection, listener->key);
    else close(connection);
  } else if (errno != EAGAIN && errno != EINTR && errno != ECONNABORTED) {
    /* Clients wait in its queue, and are no reason to wake up all the time. */
    if (log_due(&failure_logged)) log_line("relay %s: accept: %s", listener->key, strerror(errno));
    watch(listener, false);
    relays_retry_later();
  }
}

void listeners_resume(void) {
  for (struct listener *listener = first; listener != NULL; listener = listener->next)
    if (listener->paused) watch(listener, true);
}
