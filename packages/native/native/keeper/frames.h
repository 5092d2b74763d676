/* ttrpc's frames: u32 length, u32 stream, u8 type, u8 flags, big-endian; then as many bytes as the length says. */
#ifndef HOLDFAST_FRAMES_H
#define HOLDFAST_FRAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum { FRAME_HEADER = 10, FRAME_MAX = 4 * 1024 * 1024 };
enum frame_type { FRAME_REQUEST = 1, FRAME_RESPONSE = 2, FRAME_DATA = 3 };
enum frame_flag {
  FRAME_CLOSED = 0x01,
  /* Set by the keeper, with length 0, in the place of a frame over FRAME_MAX. */
  FRAME_OVERSIZED = 0x80
};

struct frame {
  struct frame *next;
  size_t size; /* with the header */
  uint32_t stream;
  uint8_t type;
  bool unkept;   /* to be forgotten once it has been sent */
  bool answered; /* to be forgotten even if it is still being sent */
  uint8_t bytes[];
};

/* A frame that comes in pieces. */
struct frame_reader {
  bool from_client;
  size_t have; /* bytes of it */
  uint8_t header[FRAME_HEADER];
  struct frame *frame; /* NULL until the header is there */
  uint32_t surplus;    /* bytes yet to be thrown away, of one that is too large */
};

enum frame_step { FRAME_NONE, FRAME_PART, FRAME_WHOLE, FRAME_END, FRAME_INVALID, FRAME_NO_MEMORY };

/* Reads once, no more than belongs to one frame. Call frame_take() after FRAME_WHOLE; after FRAME_NO_MEMORY it may be tried again. */
enum frame_step frame_read(struct frame_reader *reader, int fd);
struct frame *frame_take(struct frame_reader *reader);
/* Whether nothing of a next frame has been read. */
bool frame_reader_idle(const struct frame_reader *reader);
/* Drops a frame that is not whole. */
void frame_reader_clear(struct frame_reader *reader);

/* Whether nothing comes back after it on its stream. */
bool frame_ends_stream(const struct frame *frame);
/* Sends once, from `offset` on. As send(2). */
ssize_t frame_send(const struct frame *frame, size_t offset, int fd);

#endif
