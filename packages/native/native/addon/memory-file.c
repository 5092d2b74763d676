/* What is too large for a datagram travels as a descriptor: a memfd, sealed, so that the receiver can trust its contents. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "datagram.h"

#ifndef MFD_NOEXEC_SEAL
#define MFD_NOEXEC_SEAL 0x0008U
#endif

enum { SEALS = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL };

static int create_file(void) {
  const unsigned flags = MFD_CLOEXEC | MFD_ALLOW_SEALING;
  int fd = memfd_create("holdfast-record", flags);
  /* sysctl vm.memfd_noexec=2. Not always: receivers older than that seal compare the seals for equality. */
  return fd < 0 && errno == EACCES ? memfd_create("holdfast-record", flags | MFD_NOEXEC_SEAL) : fd;
}

static int write_part(int fd, const uint8_t *bytes, size_t length) {
  while (length > 0) {
    ssize_t written = write(fd, bytes, length);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return -1;
    bytes += written;
    length -= (size_t)written;
  }
  return 0;
}

static int fill(int fd, const struct iovec *parts, int count) {
  for (int i = 0; i < count; i++)
    if (write_part(fd, parts[i].iov_base, parts[i].iov_len) < 0) return -1;
  return fcntl(fd, F_ADD_SEALS, SEALS);
}

static int pass(int socket, int fd) {
  union {
    struct cmsghdr header;
    char bytes[CMSG_SPACE(sizeof(int))];
  } control = {0};
  struct msghdr message = {.msg_control = control.bytes, .msg_controllen = sizeof control.bytes};
  control.header.cmsg_level = SOL_SOCKET;
  control.header.cmsg_type = SCM_RIGHTS;
  control.header.cmsg_len = CMSG_LEN(sizeof(int));
  memcpy(CMSG_DATA(&control.header), &fd, sizeof fd);
  ssize_t sent;
  do sent = sendmsg(socket, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
  while (sent < 0 && errno == EINTR);
  return sent < 0 ? -1 : 0;
}

int send_in_memory_file(int socket, const struct iovec *parts, int count) {
  int fd = create_file();
  if (fd < 0) return -1;
  int result = fill(fd, parts, count);
  if (result == 0) result = pass(socket, fd);
  int error = errno;
  close(fd);
  errno = error;
  return result;
}
