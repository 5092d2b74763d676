#define _GNU_SOURCE
#include "socket.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "clock.h"

static bool is_ours(uid_t owner) {
  return owner == 0 || owner == geteuid();
}

/* Closes `fd` unless it is of that type and nobody else's. */
static int checked(int fd, mode_t type) {
  struct stat details;
  if (fd < 0) {
    /* O_NOFOLLOW with O_DIRECTORY */
    if (errno == ELOOP || errno == ENOTDIR) errno = EPERM;
    return -1;
  }
  if (fstat(fd, &details) == 0 && (details.st_mode & S_IFMT) == type && is_ours(details.st_uid) &&
      (details.st_mode & 077) == 0)
    return fd;
  close(fd);
  errno = EPERM;
  return -1;
}

static int open_directory(int parent, const char *name) {
  return checked(openat(parent, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC), S_IFDIR);
}

/* Closes `parent`. */
static int open_below(int parent, const char *name, mode_t type) {
  if (parent < 0) return -1;
  int fd = type == S_IFDIR ? open_directory(parent, name)
                           : checked(openat(parent, name, O_PATH | O_NOFOLLOW | O_CLOEXEC), type);
  int error = errno;
  close(parent);
  errno = error;
  return fd;
}

/* By its descriptor: it is the one that was checked, and its path may be longer than a socket's address. */
static int connect_to(int place, int fd) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  struct ucred server;
  socklen_t size = sizeof server;
  int64_t limit = patience();
  struct timeval time = {.tv_sec = limit / 1000, .tv_usec = limit % 1000 * 1000};
  snprintf(address.sun_path, sizeof address.sun_path, "/proc/self/fd/%d", place);
  /* How long it waits in a queue that is full. */
  if (setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &time, sizeof time) < 0) return -1;
  if (connect(fd, (const struct sockaddr *)&address, sizeof address) < 0) return -1;
  if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &server, &size) < 0) return -1;
  if (is_ours(server.uid)) return 0;
  errno = EPERM;
  return -1;
}

int socket_connect(const char *kind, const char *root) {
  if (*root != '/') {
    errno = EINVAL;
    return -1;
  }
  int place = open_below(open_below(open_directory(AT_FDCWD, root), "l", S_IFDIR), kind, S_IFSOCK);
  if (place < 0) return -1;
  int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
  int result = fd < 0 ? -1 : connect_to(place, fd);
  int error = errno;
  close(place);
  if (fd >= 0 && result < 0) close(fd);
  errno = error;
  return result < 0 ? -1 : fd;
}
