/* Descriptors of a process at the other end of a Unix socket. */
#define _GNU_SOURCE
#include <errno.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "addon.h"

/* Linux 6.5. Not in the headers of older distributions. */
enum { HOLDFAST_SO_PEERPIDFD = 77 };

static int pidfd_of_credentials(int fd) {
  struct ucred peer;
  socklen_t length = sizeof peer;
  if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &length) < 0) return -1;
  return (int)syscall(SYS_pidfd_open, peer.pid, 0);
}

static napi_value peer_pidfd(napi_env env, napi_callback_info info) {
  napi_value argv[1];
  int fd, pidfd;
  socklen_t length = sizeof pidfd;
  if (!get_arguments(env, info, 1, argv) || !get_int(env, argv[0], "fd", &fd)) return NULL;
  if (getsockopt(fd, SOL_SOCKET, HOLDFAST_SO_PEERPIDFD, &pidfd, &length) == 0) return make_int(env, pidfd);
  /* On an older kernel the pid may be another process's by now, if the peer has passed its socket on and has gone. */
  if (errno == ENOPROTOOPT) pidfd = pidfd_of_credentials(fd);
  else return throw_errno(env, errno, "getsockopt", NULL);
  return pidfd < 0 ? throw_errno(env, errno, "pidfd_open", NULL) : make_int(env, pidfd);
}

static napi_value get_descriptor(napi_env env, napi_callback_info info) {
  napi_value argv[2];
  int pidfd, number;
  if (!get_arguments(env, info, 2, argv)) return NULL;
  if (!get_int(env, argv[0], "pidfd", &pidfd) || !get_int(env, argv[1], "number", &number)) return NULL;
  /* The kernel makes the copy CLOEXEC. */
  int fd = (int)syscall(SYS_pidfd_getfd, pidfd, number, 0);
  return fd < 0 ? throw_errno(env, errno, "pidfd_getfd", NULL) : make_int(env, fd);
}

napi_status register_peer_descriptors(napi_env env, napi_value exports) {
  static const struct method methods[] = {{"peerPidfd", peer_pidfd}, {"pidfdGetDescriptor", get_descriptor}};
  return define_functions(env, exports, methods, LENGTH_OF(methods));
}
