#define _GNU_SOURCE
#include "control.h"

#include <errno.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "events.h"
#include "log.h"
#include "outbox.h"
#include "requests.h"
#include "shimd.h"

enum { READING = EPOLLIN | EPOLLRDHUP, DRAIN_MAX = 4096 };

static int control_fd = -1;
static uint32_t connection, session, last_session, version;
static uint32_t armed;
static const char *broken; /* why nothing can be sent any more */

int control_open(int fd) {
  control_close();
  armed = READING;
  if (events_add(fd, armed, EVENT_CONTROL, ++connection) < 0) return -1;
  control_fd = fd;
  return 0;
}

void control_close(void) {
  if (control_fd >= 0) {
    events_remove(control_fd);
    close(control_fd);
  }
  control_fd = -1;
  session = 0;
  broken = NULL;
  outbox_clear();
}

uint32_t control_session(void) {
  return session;
}

uint32_t control_version(void) {
  return session == 0 ? 0 : version;
}

void control_new_session(uint32_t spoken) {
  if (++last_session == 0) last_session = 1;
  session = last_session;
  version = spoken;
}

/* Only noted: a request may be half handled, and others may wait behind it. control_check() acts. */
static void mark_broken(const char *why) {
  if (broken == NULL) broken = why;
  outbox_clear();
}

static void flush(void) {
  int error = outbox_flush(control_fd);
  if (error != 0) {
    mark_broken(strerror(error));
    return;
  }
  /* No further request is read until what is owed has gone. */
  uint32_t wanted = outbox_empty() ? READING : EPOLLOUT;
  if (wanted != armed && events_change(control_fd, wanted, EVENT_CONTROL, connection) == 0) armed = wanted;
}

void control_send(struct packet *packet) {
  if (packet == NULL) {
    mark_broken("out of memory");
    return;
  }
  outbox_put(packet);
  if (control_fd >= 0 && broken == NULL) flush();
  else outbox_clear();
}

void control_reply(enum reply_type type, uint32_t id) {
  control_send(packet_new(type, id, 0));
}

void control_error(uint32_t id, int error, const char *where) {
  struct packet *packet = packet_new(ERROR, id, strlen(where));
  put_u32(packet, (uint32_t)error);
  put_str(packet, where);
  control_send(packet);
}

static void collect_fds(struct msghdr *message, struct request *request) {
  for (struct cmsghdr *header = CMSG_FIRSTHDR(message); header != NULL; header = CMSG_NXTHDR(message, header)) {
    if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS) continue;
    size_t count = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    for (size_t i = 0; i < count && request->fd_count < MAX_FDS; i++)
      memcpy(&request->fds[request->fd_count++], CMSG_DATA(header) + i * sizeof(int), sizeof(int));
  }
}

static void handle(struct request *request, ssize_t length, int flags) {
  request->body.left = (size_t)length;
  request->type = read_u16(&request->body);
  uint16_t zero = read_u16(&request->body);
  request->id = read_u32(&request->body);
  if (flags & (MSG_TRUNC | MSG_CTRUNC)) control_error(request->id, EMSGSIZE, "packet");
  else if (request->body.bad || zero != 0) control_error(request->id, EPROTO, "header");
  else handle_request(request);
}

/* Returns false if there was nothing to read. */
static bool receive(bool ended) {
  static uint8_t buffer[PACKET_MAX];
  union {
    struct cmsghdr header;
    char bytes[CMSG_SPACE(MAX_FDS * sizeof(int))];
  } control;
  struct iovec part = {buffer, sizeof buffer};
  struct msghdr message = {
      .msg_iov = &part, .msg_iovlen = 1, .msg_control = control.bytes, .msg_controllen = sizeof control.bytes};
  struct request request = {.body = {.at = buffer}};
  ssize_t length = recvmsg(control_fd, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
  if (length < 0 && errno != EAGAIN && errno != EINTR) mark_broken(strerror(errno));
  if (length < 0) return false;
  collect_fds(&message, &request);
  /* An empty packet reads like the end of the connection. */
  if (ended && length == 0 && request.fd_count == 0) return false;
  handle(&request, length, message.msg_flags);
  for (uint32_t i = 0; i < request.fd_count; i++)
    if (request.fds[i] >= 0) close(request.fds[i]);
  return true;
}

void control_ready(uint32_t key, uint32_t events) {
  if (key != connection || control_fd < 0) return;
  bool ended = events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR);
  if (armed == EPOLLOUT) {
    if (events & EPOLLOUT) flush();
    else if (ended) mark_broken("closed by shimd");
  } else if (!receive(ended) && ended) {
    mark_broken("closed by shimd");
  }
}

void control_drain(void) {
  mark_broken("shimd has exited");
  for (int i = 0; i < DRAIN_MAX && control_fd >= 0 && receive(true); i++) continue;
  control_close();
}

void control_check(void) {
  if (broken == NULL || control_fd < 0) return;
  log_line("control connection lost: %s", broken);
  control_drain();
  shimd_disconnected();
}
