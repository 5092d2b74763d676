#define _GNU_SOURCE
#include "standing.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "signals.h"

enum { FIRST_OF_CALLER = 3, CODE_FAILED = 1 };

static struct descriptor *find(struct standing *standing, uint16_t number) {
  if (number < FIRST_OF_CALLER) return NULL;
  for (unsigned i = 0; i < standing->count; i++)
    if (standing->descriptors[i].number == number) return &standing->descriptors[i];
  if (standing->count == DESCRIPTORS_MAX) return NULL;
  standing->descriptors[standing->count] = (struct descriptor){.number = number};
  return &standing->descriptors[standing->count++];
}

static bool answer(struct standing *standing, struct answer what) {
  if (standing->answer_count == sizeof standing->answers / sizeof *standing->answers) return false;
  standing->answers[standing->answer_count++] = what;
  return true;
}

/* In one write: a reader of a SEQPACKET socket gets it as one message. Returns 0 or errno. */
static int write_message(int fd, const uint8_t *bytes, size_t count) {
  ssize_t written;
  do written = write(fd, bytes, count);
  while (written < 0 && errno == EINTR);
  if (written < 0) return errno;
  return (size_t)written == count ? 0 : EIO;
}

static bool take_tell(struct standing *standing, const struct packet *packet, size_t body) {
  uint32_t number;
  const uint8_t *bytes = (const uint8_t *)packet + PACKET_HEAD;
  struct descriptor *descriptor = find(standing, packet->detail);
  if (descriptor == NULL || body < sizeof number) return false;
  memcpy(&number, bytes, sizeof number);
  if (number != descriptor->told + 1) return false;
  int error = write_message((int)descriptor->number, bytes + sizeof number, body - sizeof number);
  descriptor->told = number;
  return answer(standing, (struct answer){TOLD, packet->detail, {number, (uint32_t)error}, 2});
}

static bool take_listen(struct standing *standing, const struct packet *packet, size_t body) {
  uint32_t number;
  struct descriptor *descriptor = find(standing, packet->detail);
  if (descriptor == NULL || body != sizeof number) return false;
  memcpy(&number, (const uint8_t *)packet + PACKET_HEAD, sizeof number);
  if (number != descriptor->heard + 1) return false;
  descriptor->wanted = number;
  return true;
}

/* The caller waits for the process that it has started, which ends when it is let go. */
_Noreturn static void wait_for_release(int pipe) {
  char byte;
  ssize_t count;
  signals_give_back();
  do count = read(pipe, &byte, 1);
  while (count < 0 && errno == EINTR);
  _exit(count == 1 ? 0 : CODE_FAILED);
}

static bool take_detach(struct standing *standing) {
  int ends[2];
  if (standing->detached == 0) {
    if (pipe2(ends, O_CLOEXEC) < 0) return false;
    pid_t child = fork();
    if (child < 0) return false;
    if (child > 0) {
      close(ends[1]);
      wait_for_release(ends[0]);
    }
    close(ends[0]);
    setsid();
    standing->caller = ends[1];
    standing->detached = (uint32_t)getpid();
  }
  return answer(standing, (struct answer){DETACHED, 0, {standing->detached}, 1});
}

/* Who reads our output must see its end. */
static void let_go_of_stdio(void) {
  int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);
  if (nothing >= 0)
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) dup2(nothing, fd);
  if (nothing > STDERR_FILENO) close(nothing);
}

static bool take_release(struct standing *standing, bool keep_stdio) {
  if (!keep_stdio) let_go_of_stdio();
  if (standing->caller < 0) return true;
  ssize_t written = write(standing->caller, "", 1);
  (void)written;
  close(standing->caller);
  standing->caller = -1;
  return true;
}

/* Their numbers stay taken: nothing of ours may come to have them, since the next shim closes them again. */
static bool take_close(struct standing *standing, const struct packet *packet, size_t body) {
  uint32_t number;
  int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);
  for (size_t at = 0; nothing >= 0 && at + sizeof number <= body; at += sizeof number) {
    memcpy(&number, (const uint8_t *)packet + PACKET_HEAD + at, sizeof number);
    if (number >= FIRST_OF_CALLER && fcntl((int)number, F_GETFD) >= 0) dup3(nothing, (int)number, O_CLOEXEC);
  }
  if (nothing >= 0) close(nothing);
  return answer(standing, (struct answer){CLOSED, packet->detail, {0}, 0});
}

void standing_begin(struct standing *standing) {
  standing->answer_count = 0;
  for (unsigned i = 0; i < standing->count; i++) standing->descriptors[i].wanted = standing->descriptors[i].heard;
}

bool standing_take(struct standing *standing, const struct packet *packet, size_t body) {
  switch (packet->type) {
  case TELL: return take_tell(standing, packet, body);
  case LISTEN: return take_listen(standing, packet, body);
  case DETACH: return take_detach(standing);
  case RELEASE: return take_release(standing, packet->detail == 1);
  case CLOSE: return take_close(standing, packet, body);
  }
  return false;
}

bool standing_waits(const struct standing *standing, unsigned *index, int *fd) {
  while (*index < standing->count) {
    const struct descriptor *descriptor = &standing->descriptors[(*index)++];
    if (descriptor->wanted == descriptor->heard) continue;
    *fd = (int)descriptor->number;
    return true;
  }
  return false;
}

void standing_hear(struct standing *standing, int fd) {
  char byte;
  struct descriptor *descriptor = find(standing, (uint16_t)fd);
  if (descriptor == NULL) return;
  ssize_t count = read(fd, &byte, 1);
  if (count < 0 && (errno == EINTR || errno == EAGAIN)) return;
  descriptor->heard++;
  answer(standing, (struct answer){HEARD, (uint16_t)fd, {descriptor->heard, count == 1}, 2});
}
