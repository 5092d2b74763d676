/* Many datagrams with one system call. A datagram is gathered from pieces that lie in the caller's buffers; nothing is copied. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "addon.h"
#include "datagram.h"
#include "unix-address.h"

enum { SOCKET_TYPE = SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK };

static napi_value open_socket(napi_env env, napi_callback_info info) {
  (void)info;
  int fd = socket(AF_UNIX, SOCKET_TYPE, 0);
  return fd < 0 ? throw_errno(env, errno, "socket", NULL) : make_int(env, fd);
}

static napi_value bind_socket(napi_env env, napi_callback_info info) {
  napi_value argv[2];
  struct sockaddr_un address;
  uint32_t mode;
  if (!get_arguments(env, info, 2, argv) || !get_unix_address(env, argv[0], "bind", &address)) return NULL;
  if (!get_u32(env, argv[1], "mode", &mode)) return NULL;
  int fd = socket(AF_UNIX, SOCKET_TYPE, 0);
  if (fd < 0) return throw_errno(env, errno, "socket", address.sun_path);
  const char *failed = NULL;
  /* The file gets the mode of the socket's own inode, less the umask: it is never more open than asked for. */
  if (fchmod(fd, mode) < 0) failed = "chmod";
  else if (bind(fd, (struct sockaddr *)&address, sizeof address) < 0) failed = "bind";
  else if (fchmodat(AT_FDCWD, address.sun_path, mode, AT_SYMLINK_NOFOLLOW) < 0) failed = "chmod";
  if (failed == NULL) return make_int(env, fd);
  int error = errno;
  close(fd);
  return throw_errno(env, error, failed, address.sun_path);
}

static napi_value connect_socket(napi_env env, napi_callback_info info) {
  napi_value argv[2];
  struct sockaddr_un address;
  int fd;
  if (!get_arguments(env, info, 2, argv) || !get_int(env, argv[0], "fd", &fd)) return NULL;
  if (!get_unix_address(env, argv[1], "connect", &address)) return NULL;
  if (connect(fd, (struct sockaddr *)&address, sizeof address) < 0)
    return throw_errno(env, errno, "connect", address.sun_path);
  return make_undefined(env);
}

static bool get_property(napi_env env, napi_value object, const char *name, napi_value *value) {
  if (napi_get_named_property(env, object, name, value) == napi_ok) return true;
  throw_api_failure(env, "napi_get_named_property");
  return false;
}

static bool get_parts(napi_env env, napi_value object, struct datagrams *r) {
  static const char *const names[] = {"head", "fields", "fieldEnds", "bytes", "spans", "tail", "from", "to"};
  napi_value values[LENGTH_OF(names)];
  /* All of them first: a getter could take away a buffer that was looked at already. */
  for (size_t i = 0; i < LENGTH_OF(names); i++)
    if (!get_property(env, object, names[i], &values[i])) return false;
  return get_bytes(env, values[0], names[0], &r->head.bytes, &r->head.length) &&
         get_bytes(env, values[1], names[1], &r->fields.bytes, &r->fields.length) &&
         get_u32_array(env, values[2], names[2], &r->field_ends, &r->field_count) &&
         get_bytes(env, values[3], names[3], &r->data.bytes, &r->data.length) &&
         get_u32_array(env, values[4], names[4], &r->spans, &r->span_count) &&
         get_bytes(env, values[5], names[5], &r->tail.bytes, &r->tail.length) &&
         get_u32(env, values[6], names[6], &r->from) && get_u32(env, values[7], names[7], &r->to);
}

static bool is_inside(const struct datagrams *records, uint32_t i) {
  uint32_t begin = i == 0 ? 0 : records->field_ends[i - 1], end = records->field_ends[i];
  uint32_t from = records->spans[2 * (size_t)i], to = records->spans[2 * (size_t)i + 1];
  return begin <= end && end <= records->fields.length && from <= to && to <= records->data.length;
}

bool get_datagrams(napi_env env, napi_value object, struct datagrams *records) {
  if (!get_parts(env, object, records)) return false;
  bool valid = records->from <= records->to && records->to <= records->field_count && records->to <= records->span_count / 2;
  for (uint32_t i = records->from; valid && i < records->to; i++) valid = is_inside(records, i);
  if (!valid) throw_errno(env, EINVAL, "sendmmsg", NULL);
  return valid;
}

static void gather(const struct datagrams *records, uint32_t i, struct iovec *parts) {
  uint32_t begin = i == 0 ? 0 : records->field_ends[i - 1], from = records->spans[2 * (size_t)i];
  parts[0] = (struct iovec){records->head.bytes, records->head.length};
  parts[1] = (struct iovec){records->fields.bytes + begin, records->field_ends[i] - begin};
  parts[2] = (struct iovec){records->data.bytes + from, records->spans[2 * (size_t)i + 1] - from};
  parts[3] = (struct iovec){records->tail.bytes, records->tail.length};
}

int send_datagram_chunk(int fd, const struct datagrams *records, uint32_t at) {
  struct mmsghdr messages[SEND_CHUNK] = {0};
  struct iovec parts[SEND_CHUNK][RECORD_PARTS];
  uint32_t count = records->to - at < SEND_CHUNK ? records->to - at : SEND_CHUNK;
  for (uint32_t i = 0; i < count; i++) {
    gather(records, at + i, parts[i]);
    messages[i].msg_hdr.msg_iov = parts[i];
    messages[i].msg_hdr.msg_iovlen = RECORD_PARTS;
  }
  int sent;
  do sent = sendmmsg(fd, messages, count, MSG_NOSIGNAL | MSG_DONTWAIT);
  while (sent < 0 && errno == EINTR);
  if (sent >= 0 || (errno != EMSGSIZE && errno != ENOBUFS)) return sent;
  return send_in_memory_file(fd, parts[0], RECORD_PARTS) < 0 ? -1 : 1;
}

/* Returns how many were sent. Throws only if that is none: the next call meets the same error again. */
static napi_value send_datagrams(napi_env env, napi_callback_info info) {
  napi_value argv[2];
  struct datagrams records;
  int fd;
  if (!get_arguments(env, info, 2, argv) || !get_int(env, argv[0], "fd", &fd)) return NULL;
  if (!get_datagrams(env, argv[1], &records)) return NULL;
  uint32_t at = records.from;
  while (at < records.to) {
    int sent = send_datagram_chunk(fd, &records, at);
    if (sent > 0) at += (uint32_t)sent;
    else if (errno == EAGAIN || at > records.from) break;
    else return throw_errno(env, errno, "sendmmsg", NULL);
  }
  return make_int(env, at - records.from);
}

napi_status register_datagram(napi_env env, napi_value exports) {
  static const struct method methods[] = {
      {"datagramSocket", open_socket},
      {"datagramBind", bind_socket},
      {"datagramConnect", connect_socket},
      {"datagramSend", send_datagrams},
  };
  return define_functions(env, exports, methods, LENGTH_OF(methods));
}
