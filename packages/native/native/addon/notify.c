/* Messages of sd_notify(3): datagrams without descriptors, whose sender systemd knows by its credentials. */
#define _GNU_SOURCE
#include <errno.h>
#include <limits.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "addon.h"

/* An address that begins with `@` is abstract: `@` stands for its NUL. */
static socklen_t make_address(struct sockaddr_un *address, const char *path) {
  size_t length = strlen(path);
  if (length == 0 || length >= sizeof address->sun_path) return 0;
  *address = (struct sockaddr_un){.sun_family = AF_UNIX};
  memcpy(address->sun_path, path, length);
  if (path[0] == '@') address->sun_path[0] = '\0';
  size_t end = path[0] == '@' ? length : length + 1;
  return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + end);
}

/* As `pid` if it isn't 0: only the privileged may. Returns 0 or an errno. */
static int send_as(int fd, struct msghdr *message, int pid) {
  union {
    struct cmsghdr header;
    char bytes[CMSG_SPACE(sizeof(struct ucred))];
  } control = {0};
  const struct ucred credentials = {.pid = pid, .uid = getuid(), .gid = getgid()};
  if (pid != 0) {
    message->msg_control = control.bytes;
    message->msg_controllen = sizeof control.bytes;
    control.header.cmsg_level = SOL_SOCKET;
    control.header.cmsg_type = SCM_CREDENTIALS;
    control.header.cmsg_len = CMSG_LEN(sizeof credentials);
    memcpy(CMSG_DATA(&control.header), &credentials, sizeof credentials);
  }
  ssize_t sent;
  do sent = sendmsg(fd, message, MSG_NOSIGNAL | MSG_DONTWAIT);
  while (sent < 0 && errno == EINTR);
  return sent < 0 ? errno : 0;
}

static napi_value send_notification(napi_env env, napi_callback_info info) {
  napi_value argv[3];
  char path[PATH_MAX];
  struct sockaddr_un address;
  uint8_t *bytes;
  size_t length;
  int pid;
  if (!get_arguments(env, info, 3, argv) || !get_path(env, argv[0], "sendmsg", path)) return NULL;
  if (!get_bytes(env, argv[1], "bytes", &bytes, &length) || !get_int(env, argv[2], "pid", &pid)) return NULL;
  socklen_t size = make_address(&address, path);
  if (size == 0) return throw_errno(env, path[0] == '\0' ? EINVAL : ENAMETOOLONG, "sendmsg", path);
  int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return throw_errno(env, errno, "socket", NULL);
  struct iovec part = {bytes, length};
  struct msghdr message = {.msg_name = &address, .msg_namelen = size, .msg_iov = &part, .msg_iovlen = 1};
  int error = send_as(fd, &message, pid);
  close(fd);
  return error == 0 ? make_undefined(env) : throw_errno(env, error, "sendmsg", path);
}

static napi_value receive_datagram(napi_env env, napi_callback_info info) {
  napi_value argv[3];
  uint8_t *bytes;
  size_t length;
  int fd;
  bool peek;
  if (!get_arguments(env, info, 3, argv) || !get_int(env, argv[0], "fd", &fd)) return NULL;
  if (!get_bytes(env, argv[1], "buffer", &bytes, &length) || !get_bool(env, argv[2], "peek", &peek)) return NULL;
  ssize_t got;
  /* Without a place for them the kernel closes descriptors that came along. */
  do got = recv(fd, bytes, length, MSG_DONTWAIT | MSG_TRUNC | (peek ? MSG_PEEK : 0));
  while (got < 0 && errno == EINTR);
  if (got >= 0) return make_int(env, got);
  return errno == EAGAIN ? make_undefined(env) : throw_errno(env, errno, "recv", NULL);
}

napi_status register_notify(napi_env env, napi_value exports) {
  static const struct method methods[] = {{"notifySend", send_notification}, {"datagramReceive", receive_datagram}};
  return define_functions(env, exports, methods, LENGTH_OF(methods));
}
