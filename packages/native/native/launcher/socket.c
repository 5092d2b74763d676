#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "launcher.h"

enum { DIRECTORY = O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC };

static bool is_trusted(uid_t uid) {
  return uid == 0 || uid == geteuid();
}

/* Nobody else may enter it: what lies in there is ours then. */
static bool is_private(int fd) {
  struct stat details;
  if (fstat(fd, &details) < 0) return false;
  if (is_trusted(details.st_uid) && (details.st_mode & 077) == 0) return true;
  errno = EACCES;
  return false;
}

/* Closes `fd` on failure. */
static int checked(int fd) {
  if (fd < 0 || is_private(fd)) return fd;
  int error = errno;
  close(fd);
  errno = error;
  return -1;
}

static int open_directory(const char *root) {
  int above = checked(open(root, DIRECTORY));
  if (above < 0) return -1;
  int fd = checked(openat(above, "l", DIRECTORY));
  int error = errno;
  close(above);
  errno = error;
  return fd;
}

static bool is_socket(int directory, const char *name) {
  struct stat details;
  if (fstatat(directory, name, &details, AT_SYMLINK_NOFOLLOW) < 0) return false;
  if (S_ISSOCK(details.st_mode) && is_trusted(details.st_uid)) return true;
  errno = EACCES;
  return false;
}

static bool connect_below(int fd, int directory, const char *name) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  struct ucred peer;
  socklen_t length = sizeof peer;
  /* However long the root's path is. */
  int used = snprintf(address.sun_path, sizeof address.sun_path, "/proc/self/fd/%d/%s", directory, name);
  if (used < 0 || (size_t)used >= sizeof address.sun_path) {
    errno = ENAMETOOLONG;
    return false;
  }
  if (connect(fd, (struct sockaddr *)&address, sizeof address) < 0) return false;
  if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &length) < 0) return false;
  if (is_trusted(peer.uid)) return true;
  errno = EACCES;
  return false;
}

int launch_connect(const char *root, const char *kind, const char **why) {
  *why = "the state directory";
  int directory = open_directory(root);
  if (directory < 0) return -1;
  *why = "the launch socket";
  int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
  bool connected = fd >= 0 && is_socket(directory, kind) && connect_below(fd, directory, kind);
  int error = errno;
  close(directory);
  if (connected) return fd;
  if (fd >= 0) close(fd);
  errno = error;
  return -1;
}
