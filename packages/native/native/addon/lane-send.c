/* Sends datagrams on a lane's thread, which waits for the receiver as a program that does nothing else would. */
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <time.h>

#include "datagram.h"
#include "lane.h"

enum {
  /*
   * Whoever waits for room is woken for each datagram that the receiver takes, at the cost of both. So a full
   * queue is left alone for a moment, of such a length that some go with the next call.
   */
  FIRST_NAP_NS = 50 * 1000,
  SHORTEST_NAP_NS = 20 * 1000,
  LONGEST_NAP_NS = 1000 * 1000,
  FEW = 4,
  MANY = 8,
  /* The kernel adds 50 µs to every nap otherwise. */
  SLACK_NS = 1000,
  /* How long a lane that was stopped may take to notice it. */
  LOOK_UP_MS = 50
};

/* A copy of all that is sent: the caller's buffers may go while the thread waits. */
struct sending {
  struct datagrams records;
  int64_t wait_ms;
  uint8_t bytes[];
};

static int64_t milliseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int32_t other_nap(int32_t nap, int sent) {
  if (sent < FEW) return nap > LONGEST_NAP_NS / 2 ? LONGEST_NAP_NS : 2 * nap;
  if (sent > MANY) return nap / 2 < SHORTEST_NAP_NS ? SHORTEST_NAP_NS : nap / 2;
  return nap;
}

/* For a receiver that took nothing in the longest nap. */
static void wait_for_room(int fd, int64_t left_ms) {
  struct pollfd room = {.fd = fd, .events = POLLOUT};
  (void)poll(&room, 1, left_ms < LOOK_UP_MS ? (int)left_ms : LOOK_UP_MS);
}

static void take_nap(int32_t nanoseconds) {
  struct timespec time = {.tv_nsec = nanoseconds};
  (void)nanosleep(&time, NULL);
}

int send_waiting(struct job *job) {
  const struct datagrams *records = &job->sending->records;
  int64_t end = milliseconds() + job->sending->wait_ms;
  int32_t nap = FIRST_NAP_NS;
  (void)prctl(PR_SET_TIMERSLACK, SLACK_NS);
  for (uint32_t at = records->from;;) {
    int sent = send_datagram_chunk(job->fd, records, at);
    if (sent < 0 && errno != EAGAIN) return -1;
    if (sent < 0) sent = 0;
    at += (uint32_t)sent;
    job->result = at - records->from;
    int64_t left = end - milliseconds();
    if (at == records->to || left <= 0) return 0;
    if (is_stopped(job->lane)) {
      errno = ECANCELED;
      return -1;
    }
    if (sent == SEND_CHUNK) continue;
    if (sent == 0 && nap == LONGEST_NAP_NS) wait_for_room(job->fd, left);
    else take_nap(nap);
    nap = other_nap(nap, sent);
  }
}

static uint8_t *put(uint8_t *to, const void *bytes, size_t length) {
  if (length > 0) memcpy(to, bytes, length);
  return to + length;
}

/* Of the data only what the records use, which `spans` of the copy are relative to. NULL with errno. */
static struct sending *copy_datagrams(const struct datagrams *from) {
  size_t count = from->to, low = SIZE_MAX, high = 0;
  for (uint32_t i = from->from; i < from->to; i++) {
    if (from->spans[2 * (size_t)i] < low) low = from->spans[2 * (size_t)i];
    if (from->spans[2 * (size_t)i + 1] > high) high = from->spans[2 * (size_t)i + 1];
  }
  if (low > high) low = high = 0;
  size_t numbers = count * sizeof(uint32_t), used = high - low;
  struct sending *copy =
      malloc(sizeof *copy + 3 * numbers + from->head.length + from->fields.length + from->tail.length + used);
  if (copy == NULL) return NULL;
  struct datagrams *to = &copy->records;
  *to = *from;
  uint8_t *at = copy->bytes;
  at = put((uint8_t *)(to->field_ends = (uint32_t *)at), from->field_ends, numbers);
  at = put((uint8_t *)(to->spans = (uint32_t *)at), from->spans, 2 * numbers);
  at = put(to->head.bytes = at, from->head.bytes, from->head.length);
  at = put(to->fields.bytes = at, from->fields.bytes, from->fields.length);
  at = put(to->tail.bytes = at, from->tail.bytes, from->tail.length);
  put(to->data.bytes = at, from->data.bytes + low, used);
  to->data.length = used;
  for (uint32_t i = from->from; i < from->to; i++) {
    to->spans[2 * (size_t)i] -= (uint32_t)low;
    to->spans[2 * (size_t)i + 1] -= (uint32_t)low;
  }
  return copy;
}

napi_value lane_send(napi_env env, napi_callback_info info) {
  napi_value argv[3];
  struct datagrams records;
  int64_t wait_ms;
  struct job job = {.operation = OP_SEND};
  struct lane *lane = unwrap_lane(env, info, 3, argv);
  if (lane == NULL || !get_int(env, argv[0], "fd", &job.fd) || !get_int64(env, argv[2], "waitMs", &wait_ms)) return NULL;
  if (!get_datagrams(env, argv[1], &records)) return NULL;
  job.sending = copy_datagrams(&records);
  if (job.sending == NULL) return throw_errno(env, errno, "sendmmsg", NULL);
  job.sending->wait_ms = wait_ms;
  return submit_request(env, lane, &job, NULL);
}
