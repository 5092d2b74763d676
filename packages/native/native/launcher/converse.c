#define _GNU_SOURCE
#include "converse.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "clock.h"
#include "wire.h"

bool send_request(int socket, const struct request *request, uint16_t version) {
  struct request_header header = {.magic = MAGIC, .version = version, .length = request->length};
  struct iovec part = {&header, sizeof header};
  union {
    struct cmsghdr header;
    char bytes[CMSG_SPACE(sizeof(int))];
  } control = {0};
  struct msghdr message = {
      .msg_iov = &part, .msg_iovlen = 1, .msg_control = control.bytes, .msg_controllen = sizeof control.bytes};
  control.header.cmsg_level = SOL_SOCKET;
  control.header.cmsg_type = SCM_RIGHTS;
  control.header.cmsg_len = CMSG_LEN(sizeof(int));
  memcpy(CMSG_DATA(&control.header), &request->file, sizeof(int));
  ssize_t sent;
  do sent = sendmsg(socket, &message, MSG_NOSIGNAL);
  while (sent < 0 && errno == EINTR);
  return sent == sizeof header;
}

/* False if it can't be. */
static bool print(int fd, const uint8_t *bytes, size_t count) {
  while (count > 0) {
    ssize_t written = write(fd, bytes, count);
    struct pollfd wait = {.fd = fd, .events = POLLOUT};
    if (written < 0 && errno == EAGAIN) poll(&wait, 1, -1);
    if (written < 0 && (errno == EAGAIN || errno == EINTR)) continue;
    if (written < 0) return false;
    bytes += written;
    count -= (size_t)written;
  }
  return true;
}

/* Prints what has not been printed yet. */
static enum outcome take_output(const struct packet *packet, size_t length, struct progress *progress) {
  const uint16_t fd = packet->detail;
  if (length < OUT_HEAD || (fd != STDOUT_FILENO && fd != STDERR_FILENO)) return BROKEN;
  const size_t count = length - OUT_HEAD;
  const uint64_t printed = progress->printed[fd];
  /* Some that lie between have never come. */
  if (packet->offset > printed) return BROKEN;
  const uint64_t known = printed - packet->offset;
  if (known >= count) return LOST;
  if (!print(fd, packet->bytes + known, count - (size_t)known)) return UNHEARD;
  progress->printed[fd] += count - known;
  return LOST;
}

/* LOST: there may be more. */
static enum outcome take(const struct packet *packet, size_t length, struct progress *progress) {
  if (length < PACKET_HEAD) return BROKEN;
  if (packet->type == ACCEPTED) progress->accepted = progress->accepted_here = true;
  if (packet->type == REFUSED) return REFUSED_IT;
  if (packet->type == OUT || packet->type == EXIT)
    if (!progress->accepted_here) return BROKEN;
  if (packet->type == OUT) return take_output(packet, length, progress);
  /* Of a kind that was invented later: not for us. */
  if (packet->type != EXIT) return LOST;
  if (packet->detail > 255) return BROKEN;
  progress->code = packet->detail;
  return ENDED;
}

/* 1: something is there to read. 0: not in time. */
static int wait_for(int socket, int64_t deadline) {
  for (;;) {
    int64_t left = deadline - clock_now();
    struct pollfd wait = {.fd = socket, .events = POLLIN};
    int result = poll(&wait, 1, left <= 0 ? 0 : left > INT_MAX ? INT_MAX : (int)left);
    if (result > 0) return 1;
    if (result == 0 || errno != EINTR) return 0;
  }
}

/*
 * Whoever serves can't accept it any more after this: sending fails. What is in the queue can still be read, so both sides agree
 * on whether it was accepted.
 */
static bool withdraw(int socket) {
  struct packet packet;
  shutdown(socket, SHUT_RDWR);
  ssize_t length = recv(socket, &packet, sizeof packet, MSG_DONTWAIT);
  return length >= PACKET_HEAD && packet.type == ACCEPTED;
}

enum outcome converse(int socket, const struct request *request, struct progress *progress, int64_t deadline) {
  static struct packet packet;
  progress->accepted_here = false;
  if (!send_request(socket, request, VERSION)) return LOST;
  for (;;) {
    if (!progress->accepted_here && !wait_for(socket, deadline)) {
      if (!withdraw(socket)) return SILENT;
      progress->accepted = progress->accepted_here = true;
      return LOST;
    }
    ssize_t length = recv(socket, &packet, sizeof packet, MSG_TRUNC);
    /* ECONNRESET: said once, before what the other end had sent. */
    if (length < 0 && (errno == EINTR || errno == ECONNRESET)) continue;
    if (length <= 0) return LOST;
    if ((size_t)length > sizeof packet) return BROKEN;
    enum outcome outcome = take(&packet, (size_t)length, progress);
    if (outcome != LOST) return outcome;
  }
}
