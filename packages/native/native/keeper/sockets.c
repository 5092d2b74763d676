#define _GNU_SOURCE
#include "sockets.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum { BACKLOG = 512 };

static int remove_stale(const char *path) {
  struct stat details;
  if (lstat(path, &details) < 0) return errno == ENOENT ? 0 : -1;
  if (S_ISSOCK(details.st_mode)) return unlink(path);
  errno = EEXIST;
  return -1;
}

static int bind_and_listen(int fd, const struct sockaddr_un *address) {
  /* The file gets the mode of the socket's own inode, less the umask. */
  if (fchmod(fd, 0600) < 0) return -1;
  if (bind(fd, (const struct sockaddr *)address, sizeof *address) < 0) return -1;
  return listen(fd, BACKLOG);
}

int socket_listen(const char *path, int type) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  size_t length = strlen(path);
  if (length == 0 || length >= sizeof address.sun_path) {
    errno = length == 0 ? EINVAL : ENAMETOOLONG;
    return -1;
  }
  memcpy(address.sun_path, path, length + 1);
  if (remove_stale(path) < 0) return -1;
  int fd = socket(AF_UNIX, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) return -1;
  if (bind_and_listen(fd, &address) == 0) return fd;
  int error = errno;
  close(fd);
  errno = error;
  return -1;
}

int socket_accept(int listener) {
  int flags = fcntl(listener, F_GETFL);
  if (flags < 0) return -1;
  /* accept4() would wait, and with it everything else here. */
  if (flags & O_NONBLOCK) return accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
  errno = EINVAL;
  return -1;
}
