#define _GNU_SOURCE
#include "outlet.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

/* O_NONBLOCK belongs to all who share a description: a pipe or terminal is opened once more, to have one alone. */
static int open_again(int fd) {
  char path[32];
  snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
  return open(path, O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
}

void outlet_open(struct outlet *outlet, int fd) {
  struct stat details;
  outlet->fd = fd;
  outlet->way = OUTLET_WHOLE;
  if (fstat(fd, &details) < 0) return;
  if (S_ISSOCK(details.st_mode)) outlet->way = OUTLET_SOCKET;
  if (!S_ISFIFO(details.st_mode) && !isatty(fd)) return;
  int own = open_again(fd);
  outlet->way = own < 0 ? OUTLET_CAREFUL : OUTLET_OWN;
  if (own >= 0) outlet->fd = own;
}

void outlet_let_go(struct outlet *outlet, int fd) {
  if (outlet->way == OUTLET_OWN) close(outlet->fd);
  outlet->fd = fd;
  outlet->way = OUTLET_WHOLE;
}

bool outlet_waits(const struct outlet *outlet) {
  return outlet->ring.end > outlet->ring.first;
}

static ssize_t put(const struct outlet *outlet, const uint8_t *bytes, size_t count) {
  if (outlet->way == OUTLET_SOCKET) return send(outlet->fd, bytes, count, MSG_DONTWAIT | MSG_NOSIGNAL);
  /* Where poll(2) sees room, a pipe takes as much as this without waiting. */
  if (outlet->way == OUTLET_CAREFUL && count > PIPE_BUF) count = PIPE_BUF;
  return write(outlet->fd, bytes, count);
}

void outlet_print(struct outlet *outlet) {
  struct ring *ring = &outlet->ring;
  while (outlet_waits(outlet)) {
    size_t count;
    const uint8_t *bytes = ring_from(ring, ring->first, &count);
    ssize_t written = put(outlet, bytes, count);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0 && errno == EAGAIN) return;
    if (written < 0) outlet->failed = errno;
    ring_drop(ring, outlet->failed != 0 ? ring->end : ring->first + (uint64_t)written);
    /* poll(2) has to look again. */
    if (outlet->way == OUTLET_CAREFUL) return;
  }
}

bool outlet_take(struct outlet *outlet, uint64_t offset, const uint8_t *bytes, size_t count) {
  struct ring *ring = &outlet->ring;
  /* Some that lie between have never come. */
  if (offset > ring->end) return false;
  uint64_t known = ring->end - offset;
  if (known >= count) return true;
  bytes += known;
  count -= (size_t)known;
  if (count > ring_room(ring)) return false;
  ring_add(ring, bytes, count);
  if (outlet->failed != 0) ring_drop(ring, ring->end);
  return true;
}
