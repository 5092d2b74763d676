#define _GNU_SOURCE
#include <fcntl.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "lane.h"

int make_room(struct workspace *space) {
  if (space->bytes == NULL) space->bytes = malloc(BUFFER_BYTES);
  return space->bytes == NULL ? -1 : 0;
}

int make_pipes(struct workspace *space) {
  if (make_room(space) < 0) return -1;
  if (space->epoll < 0) space->epoll = epoll_create1(EPOLL_CLOEXEC);
  if (space->epoll < 0) return -1;
  if (space->pipe[0] >= 0) return 0;
  if (pipe2(space->pipe, O_CLOEXEC | O_NONBLOCK) < 0) return -1;
  /* Over pipe-user-pages-soft: a round is smaller. */
  (void)fcntl(space->pipe[1], F_SETPIPE_SZ, ROUND_BYTES);
  return 0;
}

void free_workspace(struct workspace *space) {
  free(space->bytes);
  if (space->epoll >= 0) close(space->epoll);
  for (int i = 0; i < 2; i++)
    if (space->pipe[i] >= 0) close(space->pipe[i]);
}
