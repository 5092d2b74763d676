/* The bytes of a stream that are on their way, by their offsets in it. */
#ifndef HOLDFAST_RING_H
#define HOLDFAST_RING_H

#include <stddef.h>
#include <stdint.h>

#include "wire.h"

struct ring {
  uint64_t first; /* offset of the oldest that is kept */
  uint64_t end;
  uint8_t bytes[STREAM_ROOM];
};

size_t ring_room(const struct ring *ring);
/* Where to put more, as much as fits in one piece; ring_put says that it is there. */
uint8_t *ring_place(struct ring *ring, size_t *room);
void ring_put(struct ring *ring, size_t count);
/* Copies; there must be room. */
void ring_add(struct ring *ring, const uint8_t *bytes, size_t count);
/* What there is from `offset` on, in one piece. */
const uint8_t *ring_from(const struct ring *ring, uint64_t offset, size_t *count);
/* Forgets what is before `offset`. */
void ring_drop(struct ring *ring, uint64_t offset);

#endif
