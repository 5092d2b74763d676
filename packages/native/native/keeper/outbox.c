#include "outbox.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

static struct packet *first, **end = &first;

void outbox_put(struct packet *packet) {
  *end = packet;
  end = &packet->next;
}

static void drop_first(void) {
  struct packet *packet = first;
  first = packet->next;
  if (first == NULL) end = &first;
  packet_free(packet);
}

static ssize_t send_packet(int fd, struct packet *packet) {
  union {
    struct cmsghdr header;
    char bytes[CMSG_SPACE(sizeof(int))];
  } control = {0};
  struct iovec part = {packet->bytes, packet->length};
  struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
  if (packet->fd >= 0) {
    message.msg_control = control.bytes;
    message.msg_controllen = sizeof control.bytes;
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof(int));
    memcpy(CMSG_DATA(header), &packet->fd, sizeof(int));
  }
  return sendmsg(fd, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
}

int outbox_flush(int fd) {
  while (first != NULL) {
    if (send_packet(fd, first) >= 0) drop_first();
    else if (errno == EAGAIN) return 0;
    else if (errno != EINTR) return errno;
  }
  return 0;
}

bool outbox_empty(void) {
  return first == NULL;
}

void outbox_clear(void) {
  while (first != NULL) drop_first();
}
