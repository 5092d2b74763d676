#include "ring.h"

#include <string.h>

size_t ring_room(const struct ring *ring) {
  return STREAM_ROOM - (size_t)(ring->end - ring->first);
}

static size_t up_to_edge(uint64_t offset, size_t count) {
  size_t left = STREAM_ROOM - (size_t)(offset % STREAM_ROOM);
  return count < left ? count : left;
}

uint8_t *ring_place(struct ring *ring, size_t *room) {
  *room = up_to_edge(ring->end, ring_room(ring));
  return ring->bytes + ring->end % STREAM_ROOM;
}

void ring_put(struct ring *ring, size_t count) {
  ring->end += count;
}

void ring_add(struct ring *ring, const uint8_t *bytes, size_t count) {
  while (count > 0) {
    size_t part;
    uint8_t *place = ring_place(ring, &part);
    if (part > count) part = count;
    memcpy(place, bytes, part);
    ring_put(ring, part);
    bytes += part;
    count -= part;
  }
}

const uint8_t *ring_from(const struct ring *ring, uint64_t offset, size_t *count) {
  *count = up_to_edge(offset, (size_t)(ring->end - offset));
  return ring->bytes + offset % STREAM_ROOM;
}

void ring_drop(struct ring *ring, uint64_t offset) {
  ring->first = offset;
}
