#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "launcher.h"

/* A shimd that was killed is back within a second or so; who starts gets longer. */
enum { ANSWER_MS = 30000, AGAIN_MS = 10000, PAUSE_MS = 20 };
enum { PACKET_MAX = 64 << 10, OUT_HEADER = 12 };

/* What was printed, by stream: after a restart of shimd it comes again. */
static uint64_t printed[3];
static bool accepted;

enum step { STEP_EXIT, STEP_FALL_BACK, STEP_AGAIN, STEP_FAILED };

static int64_t now_ms(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * INT64_C(1000) + now.tv_nsec / 1000000;
}

static bool send_request(int fd, int payload, uint32_t length) {
  uint8_t header[HEADER_BYTES];
  const uint32_t magic = LAUNCH_MAGIC;
  const uint16_t version = LAUNCH_VERSION, flags = 0;
  memcpy(header, &magic, 4);
  memcpy(header + 4, &version, 2);
  memcpy(header + 6, &flags, 2);
  memcpy(header + 8, &length, 4);
  union {
    struct cmsghdr header;
    char bytes[CMSG_SPACE(sizeof(int))];
  } control = {0};
  struct iovec part = {header, sizeof header};
  struct msghdr message = {
      .msg_iov = &part, .msg_iovlen = 1, .msg_control = control.bytes, .msg_controllen = sizeof control.bytes};
  struct cmsghdr *rights = CMSG_FIRSTHDR(&message);
  rights->cmsg_level = SOL_SOCKET;
  rights->cmsg_type = SCM_RIGHTS;
  rights->cmsg_len = CMSG_LEN(sizeof(int));
  memcpy(CMSG_DATA(rights), &payload, sizeof payload);
  ssize_t sent;
  do sent = sendmsg(fd, &message, MSG_NOSIGNAL);
  while (sent < 0 && errno == EINTR);
  return sent == sizeof header;
}

/* A reader that has gone gets nothing more; the exit code is what counts then. */
static void print_new(const uint8_t *packet, size_t length, uint16_t stream) {
  uint64_t offset;
  if (length < OUT_HEADER || (stream != STDOUT_FILENO && stream != STDERR_FILENO)) return;
  memcpy(&offset, packet + 4, sizeof offset);
  const uint8_t *bytes = packet + OUT_HEADER;
  size_t count = length - OUT_HEADER;
  uint64_t known = printed[stream] > offset ? printed[stream] - offset : 0;
  if (known >= count) return;
  write_all(stream, bytes + known, count - known);
  printed[stream] = offset + count;
}

static enum step handle(struct session *session, const uint8_t *packet, size_t length, bool *done) {
  uint16_t type, detail;
  *done = true;
  if (length < 4) return STEP_AGAIN;
  memcpy(&type, packet, 2);
  memcpy(&detail, packet + 2, 2);
  if (type == PACKET_REFUSED) return accepted ? STEP_FAILED : STEP_FALL_BACK;
  if (type == PACKET_EXIT) {
    session->code = detail & 0xff;
    return STEP_EXIT;
  }
  *done = false;
  if (type == PACKET_ACCEPTED) accepted = true;
  if (type == PACKET_OUT) print_new(packet, length, detail);
  return STEP_AGAIN;
}

/* Before it is accepted shimd may be booting, or never come up. How long a command takes is its own affair. */
static bool wait_readable(int fd) {
  struct pollfd watched = {.fd = fd, .events = POLLIN};
  int64_t deadline = now_ms() + ANSWER_MS;
  for (;;) {
    int64_t left = deadline - now_ms();
    int count = poll(&watched, 1, accepted ? -1 : (int)(left < 0 ? 0 : left));
    if (count > 0) return true;
    if (count < 0 && errno == EINTR) continue;
    errno = ETIMEDOUT;
    return false;
  }
}

static enum step talk(struct session *session, int fd) {
  static uint8_t packet[PACKET_MAX];
  for (;;) {
    if (!wait_readable(fd)) return STEP_FAILED;
    ssize_t length = recv(fd, packet, sizeof packet, 0);
    if (length < 0 && errno == EINTR) continue;
    if (length <= 0) return STEP_AGAIN;
    bool done;
    enum step step = handle(session, packet, (size_t)length, &done);
    if (done) return step;
  }
}

static enum step attempt(struct session *session) {
  const char *why;
  uint32_t length;
  int fd = launch_connect(session->root, session->kind, &why);
  /* The keeper has left, or is about to come. */
  if (fd < 0) return accepted ? STEP_AGAIN : STEP_FALL_BACK;
  enum step step = STEP_FAILED;
  if (read_input(session->kind, session->argv, session->input)) {
    int payload = make_payload(session->kind, session->argv, session->input, &length);
    if (payload >= 0) {
      step = send_request(fd, payload, length) ? talk(session, fd) : STEP_AGAIN;
      int error = errno;
      close(payload);
      errno = error;
    }
  }
  int error = errno;
  close(fd);
  errno = error;
  return step;
}

static void pause_briefly(void) {
  const struct timespec pause = {0, PAUSE_MS * 1000000L};
  nanosleep(&pause, NULL);
}

enum outcome run_session(struct session *session) {
  enum step step;
  int64_t begun = now_ms();
  for (;;) {
    errno = 0;
    step = attempt(session);
    if (step != STEP_AGAIN) break;
    /* The connection was cut: shimd was killed, or has left. */
    if (now_ms() - begun > AGAIN_MS) break;
    pause_briefly();
  }
  if (step == STEP_EXIT) return OUTCOME_EXIT;
  if (step == STEP_FALL_BACK || (step == STEP_AGAIN && !accepted)) return OUTCOME_FALL_BACK;
  int error = errno;
  complain(session->kind, "no answer from shimd; its log is groups/*/shimd.log below", session->root, error);
  session->code = EXIT_FAILED;
  return OUTCOME_EXIT;
}
