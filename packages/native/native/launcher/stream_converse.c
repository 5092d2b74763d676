#define _GNU_SOURCE
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "clock.h"
#include "stream.h"

enum { AT_SOCKET, AT_SIGNALS, AT_STDOUT, AT_STDERR, AT_STDIN, AT_HEARD, PLACES = AT_HEARD + DESCRIPTORS_MAX };

static int timeout_of(const struct stream *stream) {
  if (stream->accepted_here) return -1;
  int64_t left = stream->deadline - clock_now();
  return left <= 0 ? 0 : left > INT_MAX ? INT_MAX : (int)left;
}

static bool wants_input(const struct inlet *inlet) {
  return inlet->wanted && !inlet->ended && ring_room(&inlet->ring) > 0;
}

static void read_input(struct inlet *inlet) {
  size_t room;
  uint8_t *place = ring_place(&inlet->ring, &room);
  ssize_t count = read(STDIN_FILENO, place, room);
  if (count > 0) ring_put(&inlet->ring, (size_t)count);
  /* One that fails has no more to say. */
  else if (count == 0 || (errno != EINTR && errno != EAGAIN)) inlet->ended = true;
}

static struct pollfd watched(int fd, short events) {
  return (struct pollfd){.fd = fd, .events = events};
}

static int wait_for(struct stream *stream, struct pollfd places[PLACES], unsigned *used) {
  const struct outlet *outlets = stream->outlets;
  places[AT_SOCKET] = watched(stream->ended ? -1 : stream->socket, (short)(POLLIN | (stream->full ? POLLOUT : 0)));
  places[AT_SIGNALS] = watched(stream->signals, POLLIN);
  places[AT_STDOUT] = watched(outlet_waits(&outlets[0]) ? outlets[0].fd : -1, POLLOUT);
  places[AT_STDERR] = watched(outlet_waits(&outlets[1]) ? outlets[1].fd : -1, POLLOUT);
  places[AT_STDIN] = watched(!stream->ended && wants_input(&stream->inlet) ? STDIN_FILENO : -1, POLLIN);
  unsigned index = 0, count = AT_HEARD;
  for (int fd; standing_waits(&stream->standing, &index, &fd); count++) places[count] = watched(fd, POLLIN);
  *used = count;
  return poll(places, count, timeout_of(stream));
}

/* STREAM_LOST with `more`: nothing to read for now. */
static enum outcome_of_stream receive(struct stream *stream, bool *more) {
  static struct packet packet;
  *more = false;
  while (!stream->ended) {
    ssize_t length = recv(stream->socket, &packet, sizeof packet, MSG_TRUNC | MSG_DONTWAIT);
    /* ECONNRESET: said once, before what the other end had sent. */
    if (length < 0 && (errno == EINTR || errno == ECONNRESET)) continue;
    if (length < 0 && errno == EAGAIN) *more = true;
    if (length <= 0) return STREAM_LOST;
    bool refused = false;
    if ((size_t)length > sizeof packet || !stream_take(stream, &packet, (size_t)length, &refused)) return STREAM_BROKEN;
    if (refused) return STREAM_REFUSED;
  }
  *more = true;
  return STREAM_ENDED;
}

bool stream_withdraw(struct stream *stream) {
  bool more;
  if (stream->socket < 0) return false;
  shutdown(stream->socket, SHUT_RDWR);
  receive(stream, &more);
  return stream->accepted;
}

static bool is_over(const struct stream *stream) {
  const struct outlet *outlets = stream->outlets;
  return stream->ended && (stream->hurried || (!outlet_waits(&outlets[0]) && !outlet_waits(&outlets[1])));
}

static void print(struct stream *stream) {
  outlet_print(&stream->outlets[1]);
  outlet_print(&stream->outlets[0]);
}

enum outcome_of_stream stream_converse(struct stream *stream) {
  struct pollfd places[PLACES];
  unsigned used;
  for (;;) {
    stream_say(stream);
    int ready = wait_for(stream, places, &used);
    if (ready < 0) continue;
    if (ready == 0 && !stream->accepted_here) return stream_withdraw(stream) ? STREAM_LOST : STREAM_SILENT;
    if (places[AT_SOCKET].revents & (POLLOUT | POLLHUP)) stream->full = false;
    /* Before signals: it may say whom they are for. */
    bool more = true;
    enum outcome_of_stream outcome = STREAM_LOST;
    if (places[AT_SOCKET].revents != 0) outcome = receive(stream, &more);
    /* At once, not after one more look at poll(2): mostly there is room. */
    print(stream);
    if (!more) return outcome;
    if (places[AT_SIGNALS].revents != 0) stream_take_signals(stream);
    if (places[AT_STDIN].revents != 0) read_input(&stream->inlet);
    for (unsigned i = AT_HEARD; i < used; i++)
      if (places[i].revents != 0) standing_hear(&stream->standing, places[i].fd);
    if (is_over(stream)) return STREAM_ENDED;
  }
}
