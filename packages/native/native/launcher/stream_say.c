#define _GNU_SOURCE
#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "stream.h"
#include "terminal.h"

/* False if it has to wait, or nobody is there: that is seen by who reads. */
static bool say(struct stream *stream, uint16_t type, uint16_t detail, struct iovec body, struct iovec more) {
  uint16_t head[2] = {type, detail};
  struct iovec parts[] = {{head, sizeof head}, body, more};
  struct msghdr message = {.msg_iov = parts, .msg_iovlen = 3};
  ssize_t sent;
  if (stream->full) return false;
  do sent = sendmsg(stream->socket, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
  while (sent < 0 && errno == EINTR);
  if (sent < 0) stream->full = true;
  return sent >= 0;
}

static bool say_u64(struct stream *stream, uint16_t type, uint16_t detail, uint64_t value) {
  return say(stream, type, detail, (struct iovec){&value, sizeof value}, (struct iovec){0});
}

static void say_signals(struct stream *stream) {
  for (unsigned i = 0; i < stream->waiting_count; i++) {
    struct waiting_signal *one = &stream->waiting[i];
    if (!one->sent)
      one->sent = say(stream, SIGNAL, (uint16_t)one->signal, (struct iovec){&one->number, sizeof one->number},
                      (struct iovec){0});
    if (!one->sent) return;
  }
}

static void say_size(struct stream *stream) {
  struct terminal_size size = terminal_size();
  if (stream->resized && say(stream, WINDOW, 0, (struct iovec){&size, sizeof size}, (struct iovec){0}))
    stream->resized = false;
}

static void say_printed(struct stream *stream) {
  for (int i = 0; i < 2; i++) {
    const struct outlet *outlet = &stream->outlets[i];
    uint16_t detail = (uint16_t)(i + 1);
    if (outlet->failed != 0 && !stream->told_failed[i])
      stream->told_failed[i] = say_u64(stream, UNPRINTABLE, detail, (uint64_t)outlet->failed);
    /* Not for every line, but long before the shim has to wait. */
    uint64_t news = outlet->ring.first - stream->told_printed[i];
    if (news >= STREAM_ROOM / 4 && say_u64(stream, PRINTED, detail, outlet->ring.first))
      stream->told_printed[i] = outlet->ring.first;
  }
}

static void say_answers(struct stream *stream) {
  struct standing *standing = &stream->standing;
  unsigned said = 0;
  for (; said < standing->answer_count; said++) {
    struct answer *one = &standing->answers[said];
    struct iovec body = {one->body, one->words * sizeof *one->body};
    if (!say(stream, one->type, one->detail, body, (struct iovec){0})) break;
  }
  standing->answer_count -= said;
  memmove(standing->answers, standing->answers + said, standing->answer_count * sizeof *standing->answers);
}

static void say_input(struct stream *stream) {
  struct inlet *inlet = &stream->inlet;
  while (inlet->wanted && inlet->sent < inlet->ring.end) {
    size_t count;
    const uint8_t *bytes = ring_from(&inlet->ring, inlet->sent, &count);
    if (count > PART_MAX) count = PART_MAX;
    struct iovec offset = {&inlet->sent, sizeof inlet->sent};
    if (!say(stream, IN, 0, offset, (struct iovec){(void *)bytes, count})) return;
    inlet->sent += count;
  }
  if (inlet->wanted && inlet->ended && !inlet->end_sent)
    inlet->end_sent = say_u64(stream, IN_END, 0, inlet->ring.end);
}

void stream_say(struct stream *stream) {
  if (!stream->accepted_here || stream->ended) return;
  say_signals(stream);
  say_answers(stream);
  say_size(stream);
  say_printed(stream);
  say_input(stream);
}
