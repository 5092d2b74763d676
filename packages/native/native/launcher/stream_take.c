#include <string.h>
#include <unistd.h>

#include "signals.h"
#include "stream.h"
#include "terminal.h"

static const uint8_t *body_of(const struct packet *packet) {
  return (const uint8_t *)packet + PACKET_HEAD;
}

static uint64_t u64_of(const struct packet *packet) {
  return packet->offset;
}

static bool take_accepted(struct stream *stream, const struct packet *packet, size_t body) {
  if (packet->detail != stream->self->version || body != sizeof(uint64_t)) return false;
  stream->accepted = stream->accepted_here = true;
  stream->passed_on = u64_of(packet);
  return true;
}

static bool take_output(struct stream *stream, const struct packet *packet, size_t body) {
  if ((packet->detail != 1 && packet->detail != 2) || body < sizeof(uint64_t)) return false;
  size_t count = body - sizeof(uint64_t);
  return outlet_take(&stream->outlets[packet->detail - 1], packet->offset, packet->bytes, count);
}

static bool take_exit(struct stream *stream, const struct packet *packet, size_t body) {
  if (packet->detail > 255) return false;
  stream->code = packet->detail;
  stream->hurried = body > 0 && *body_of(packet) != 0;
  stream->ended = true;
  return true;
}

/* The shim has taken input up to there. */
static bool take_taken(struct stream *stream, const struct packet *packet, size_t body) {
  struct inlet *inlet = &stream->inlet;
  if (body != sizeof(uint64_t)) return false;
  const uint64_t offset = u64_of(packet);
  if (offset < inlet->ring.first || offset > inlet->sent) return false;
  ring_drop(&inlet->ring, offset);
  return true;
}

static bool take_token(struct stream *stream, const struct packet *packet, size_t body) {
  if (body > TOKEN_MAX) return false;
  memcpy(stream->token, body_of(packet), body);
  stream->token[body] = '\0';
  return true;
}

/* Signals up to that number have been handled. */
static bool take_handled(struct stream *stream, const struct packet *packet, size_t body) {
  uint32_t number;
  if (body != sizeof number) return false;
  memcpy(&number, body_of(packet), sizeof number);
  if (number > stream->signals_seen) return false;
  stream->signals_handled = number;
  unsigned kept = 0;
  for (unsigned i = 0; i < stream->waiting_count; i++)
    if (stream->waiting[i].number > number) stream->waiting[kept++] = stream->waiting[i];
  stream->waiting_count = kept;
  return true;
}

static bool take_raw(const struct packet *packet) {
  if (packet->detail == 1) signals_guard_terminal();
  terminal_set_raw(packet->detail == 1);
  return true;
}

static bool take_release(struct stream *stream, const struct packet *packet, size_t body) {
  if (!standing_take(&stream->standing, packet, body)) return false;
  for (int i = 0; i < 2; i++) outlet_let_go(&stream->outlets[i], STDOUT_FILENO + i);
  return true;
}

bool stream_take(struct stream *stream, const struct packet *packet, size_t length, bool *refused) {
  if (length < PACKET_HEAD) return false;
  const size_t body = length - PACKET_HEAD;
  if (packet->type == ACCEPTED) return !stream->accepted_here && take_accepted(stream, packet, body);
  if (packet->type == REFUSED) return !stream->accepted_here && (*refused = true);
  /* Of a kind that was invented later: not for us. */
  const bool stands = stream->self->version >= STANDING_VERSION;
  if (packet->type > (stands ? CLOSE : INPUT) || packet->type == 0) return true;
  if (!stream->accepted_here) return false;
  switch (packet->type) {
  case OUT: return take_output(stream, packet, body);
  case EXIT: return take_exit(stream, packet, body);
  case TAKEN: return take_taken(stream, packet, body);
  case TOKEN: return take_token(stream, packet, body);
  case HANDLED: return take_handled(stream, packet, body);
  case RAW: return take_raw(packet);
  case INPUT: return (stream->inlet.wanted = true);
  case SIGNALS:
    if (body != sizeof(uint64_t)) return false;
    stream->passed_on = u64_of(packet);
    return true;
  case RELEASE: return take_release(stream, packet, body);
  }
  return standing_take(&stream->standing, packet, body);
}
