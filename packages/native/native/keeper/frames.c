#include "frames.h"

#include <endian.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

enum { LENGTH_AT = 0, STREAM_AT = 4, TYPE_AT = 8, FLAGS_AT = 9 };

static uint32_t number_at(const uint8_t *bytes) {
  uint32_t value;
  memcpy(&value, bytes, sizeof value);
  return be32toh(value);
}

static bool may_come(const struct frame_reader *reader, uint8_t type, uint32_t length) {
  if (type == FRAME_DATA) return reader->from_client || length <= FRAME_MAX;
  if (reader->from_client) return type == FRAME_REQUEST;
  return type == FRAME_RESPONSE && length <= FRAME_MAX;
}

/* The header is there. */
static enum frame_step begin(struct frame_reader *reader) {
  uint32_t length = number_at(reader->header + LENGTH_AT);
  bool oversized = length > FRAME_MAX;
  uint8_t type = reader->header[TYPE_AT];
  if (!may_come(reader, type, length)) return FRAME_INVALID;
  size_t size = FRAME_HEADER + (oversized ? 0 : (size_t)length);
  struct frame *frame = malloc(sizeof *frame + size);
  if (frame == NULL) return FRAME_NO_MEMORY;
  *frame = (struct frame){.size = size, .stream = number_at(reader->header + STREAM_AT), .type = type};
  memcpy(frame->bytes, reader->header, FRAME_HEADER);
  if (oversized) {
    memset(frame->bytes + LENGTH_AT, 0, sizeof length);
    frame->bytes[FLAGS_AT] |= FRAME_OVERSIZED;
    reader->surplus = length;
  }
  reader->frame = frame;
  return FRAME_PART;
}

/* Receives as recv(2) does, whatever comes next of the frame. */
static ssize_t receive(struct frame_reader *reader, int fd) {
  static uint8_t waste[64 * 1024];
  uint8_t *to = reader->header + reader->have;
  size_t left = FRAME_HEADER - reader->have;
  if (reader->surplus > 0) {
    to = waste;
    left = reader->surplus < sizeof waste ? reader->surplus : sizeof waste;
  } else if (reader->frame != NULL) {
    to = reader->frame->bytes + reader->have;
    left = reader->frame->size - reader->have;
  }
  ssize_t count = recv(fd, to, left, MSG_DONTWAIT);
  if (count > 0 && reader->surplus > 0) reader->surplus -= (uint32_t)count;
  else if (count > 0) reader->have += (size_t)count;
  return count;
}

enum frame_step frame_read(struct frame_reader *reader, int fd) {
  if (reader->frame != NULL || reader->have < FRAME_HEADER) {
    ssize_t count = receive(reader, fd);
    if (count == 0) return FRAME_END;
    if (count < 0 && errno == EINTR) return FRAME_PART;
    if (count < 0) return errno == EAGAIN ? FRAME_NONE : FRAME_END;
  }
  if (reader->have < FRAME_HEADER) return FRAME_PART;
  if (reader->frame == NULL) {
    enum frame_step step = begin(reader);
    if (step != FRAME_PART) return step;
  }
  return reader->surplus == 0 && reader->have == reader->frame->size ? FRAME_WHOLE : FRAME_PART;
}

struct frame *frame_take(struct frame_reader *reader) {
  struct frame *frame = reader->frame;
  reader->frame = NULL;
  reader->have = 0;
  return frame;
}

bool frame_reader_idle(const struct frame_reader *reader) {
  return reader->have == 0;
}

void frame_reader_clear(struct frame_reader *reader) {
  free(frame_take(reader));
  reader->surplus = 0;
}

bool frame_ends_stream(const struct frame *frame) {
  return frame->type == FRAME_RESPONSE || (frame->type == FRAME_DATA && (frame->bytes[FLAGS_AT] & FRAME_CLOSED));
}

ssize_t frame_send(const struct frame *frame, size_t offset, int fd) {
  return send(fd, frame->bytes + offset, frame->size - offset, MSG_DONTWAIT | MSG_NOSIGNAL);
}
