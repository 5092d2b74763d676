#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "addon.h"
#include "unix-address.h"

enum { MAX_FDS = 16, OPTIONS = SOCK_CLOEXEC | SOCK_NONBLOCK, SOCKET_TYPE = SOCK_SEQPACKET | OPTIONS };

union control {
  struct cmsghdr header;
  char bytes[CMSG_SPACE(MAX_FDS * sizeof(int))];
};

static napi_value close_and_throw(napi_env env, int fd, const char *syscall, const char *path) {
  int error = errno;
  if (fd >= 0) close(fd);
  return throw_errno(env, error, syscall, path);
}

static napi_value pair(napi_env env, napi_callback_info info) {
  int ends[2];
  (void)info;
  if (socketpair(AF_UNIX, SOCKET_TYPE, 0, ends) < 0) return throw_errno(env, errno, "socketpair", NULL);
  return make_fd_array(env, ends, 2);
}

static napi_value listen_at(napi_env env, napi_callback_info info, int type) {
  napi_value argv[3];
  struct sockaddr_un address;
  uint32_t mode;
  int backlog;
  if (!get_arguments(env, info, 3, argv) || !get_unix_address(env, argv[0], "bind", &address)) return NULL;
  if (!get_u32(env, argv[1], "mode", &mode) || !get_int(env, argv[2], "backlog", &backlog)) return NULL;
  const char *path = address.sun_path;
  int fd = socket(AF_UNIX, type, 0);
  if (fd < 0) return throw_errno(env, errno, "socket", path);
  /* The file is made with the mode of the socket's own inode; nobody can connect before listen(). */
  if (fchmod(fd, mode) < 0) return close_and_throw(env, fd, "chmod", path);
  if (bind(fd, (struct sockaddr *)&address, sizeof address) < 0) return close_and_throw(env, fd, "bind", path);
  if (fchmodat(AT_FDCWD, path, mode, AT_SYMLINK_NOFOLLOW) < 0) return close_and_throw(env, fd, "chmod", path);
  if (listen(fd, backlog) < 0) return close_and_throw(env, fd, "listen", path);
  return make_int(env, fd);
}

static napi_value listen_for_packets(napi_env env, napi_callback_info info) {
  return listen_at(env, info, SOCKET_TYPE);
}

static napi_value listen_for_streams(napi_env env, napi_callback_info info) {
  return listen_at(env, info, SOCK_STREAM | OPTIONS);
}

static napi_value accept_next(napi_env env, napi_callback_info info) {
  napi_value argv[1];
  int fd;
  if (!get_arguments(env, info, 1, argv) || !get_int(env, argv[0], "fd", &fd)) return NULL;
  int peer;
  do peer = accept4(fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
  while (peer < 0 && errno == EINTR);
  return peer < 0 ? throw_errno(env, errno, "accept", NULL) : make_int(env, peer);
}

static napi_value connect_to(napi_env env, napi_callback_info info) {
  napi_value argv[1];
  struct sockaddr_un address;
  if (!get_arguments(env, info, 1, argv) || !get_unix_address(env, argv[0], "connect", &address)) return NULL;
  int fd = socket(AF_UNIX, SOCKET_TYPE, 0);
  if (fd < 0) return throw_errno(env, errno, "socket", address.sun_path);
  if (connect(fd, (struct sockaddr *)&address, sizeof address) < 0)
    return close_and_throw(env, fd, "connect", address.sun_path);
  return make_int(env, fd);
}

static napi_value send_message(napi_env env, napi_callback_info info) {
  napi_value argv[3];
  int fd, fds[MAX_FDS];
  size_t count;
  struct iovec part;
  union control control = {0};
  if (!get_arguments(env, info, 3, argv) || !get_int(env, argv[0], "fd", &fd)) return NULL;
  if (!get_bytes(env, argv[1], "bytes", (uint8_t **)&part.iov_base, &part.iov_len)) return NULL;
  if (!get_fds(env, argv[2], "fds", fds, MAX_FDS, &count)) return NULL;

  struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
  if (count > 0) {
    message.msg_control = control.bytes;
    message.msg_controllen = CMSG_SPACE(count * sizeof(int));
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(count * sizeof(int));
    memcpy(CMSG_DATA(header), fds, count * sizeof(int));
  }
  ssize_t sent;
  do sent = sendmsg(fd, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
  while (sent < 0 && errno == EINTR);
  if (sent < 0 && errno != EAGAIN) return throw_errno(env, errno, "sendmsg", NULL);
  return make_bool(env, sent >= 0);
}

static size_t collect_fds(struct msghdr *message, int *fds) {
  size_t count = 0;
  for (struct cmsghdr *header = CMSG_FIRSTHDR(message); header != NULL; header = CMSG_NXTHDR(message, header)) {
    if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS) continue;
    size_t got = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    for (size_t i = 0; i < got && count < MAX_FDS; i++)
      memcpy(&fds[count++], CMSG_DATA(header) + i * sizeof(int), sizeof(int));
  }
  return count;
}

static napi_value receive_message(napi_env env, napi_callback_info info) {
  napi_value argv[3];
  napi_valuetype type;
  int fd, fds[MAX_FDS];
  bool peek = false;
  struct iovec part;
  union control control = {0};
  if (!get_arguments(env, info, 3, argv) || !get_int(env, argv[0], "fd", &fd)) return NULL;
  if (!get_bytes(env, argv[1], "buffer", (uint8_t **)&part.iov_base, &part.iov_len)) return NULL;
  TRY(napi_typeof(env, argv[2], &type));
  if (type != napi_undefined && !get_bool(env, argv[2], "peek", &peek)) return NULL;

  struct msghdr message = {
      .msg_iov = &part, .msg_iovlen = 1, .msg_control = control.bytes, .msg_controllen = sizeof control.bytes};
  ssize_t length;
  do length = recvmsg(fd, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC | (peek ? MSG_PEEK : 0));
  while (length < 0 && errno == EINTR);
  if (length < 0) return errno == EAGAIN ? make_undefined(env) : throw_errno(env, errno, "recvmsg", NULL);
  size_t count = collect_fds(&message, fds);
  if (message.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) {
    for (size_t i = 0; i < count; i++) close(fds[i]);
    return throw_errno(env, EMSGSIZE, "recvmsg", NULL);
  }
  napi_value result;
  TRY(napi_create_object(env, &result));
  TRY(napi_set_named_property(env, result, "length", make_int(env, length)));
  TRY(napi_set_named_property(env, result, "fds", make_fd_array(env, fds, count)));
  return result;
}

static napi_value peer_credentials(napi_env env, napi_callback_info info) {
  napi_value argv[1], result;
  int fd;
  struct ucred peer;
  socklen_t size = sizeof peer;
  if (!get_arguments(env, info, 1, argv) || !get_int(env, argv[0], "fd", &fd)) return NULL;
  if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) < 0) return throw_errno(env, errno, "getsockopt", NULL);
  TRY(napi_create_object(env, &result));
  TRY(napi_set_named_property(env, result, "pid", make_int(env, peer.pid)));
  TRY(napi_set_named_property(env, result, "uid", make_int(env, peer.uid)));
  TRY(napi_set_named_property(env, result, "gid", make_int(env, peer.gid)));
  return result;
}

static napi_value is_packet_listener(napi_env env, napi_callback_info info) {
  napi_value argv[1];
  int fd, type, listens;
  socklen_t size = sizeof type;
  if (!get_arguments(env, info, 1, argv) || !get_int(env, argv[0], "fd", &fd)) return NULL;
  if (getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size) < 0) return make_bool(env, false);
  size = sizeof listens;
  if (getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listens, &size) < 0) return make_bool(env, false);
  return make_bool(env, type == SOCK_SEQPACKET && listens != 0);
}

napi_status register_seqpacket(napi_env env, napi_value exports) {
  static const struct method methods[] = {
      {"seqpacketPair", pair},         {"seqpacketListen", listen_for_packets}, {"seqpacketAccept", accept_next},
      {"seqpacketConnect", connect_to}, {"streamListen", listen_for_streams},   {"send", send_message},
      {"receive", receive_message},     {"peerCredentials", peer_credentials},  {"isPacketListener", is_packet_listener},
  };
  return define_functions(env, exports, methods, LENGTH_OF(methods));
}
