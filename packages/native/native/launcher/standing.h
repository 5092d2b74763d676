/* What a launcher of version 3 does besides: it stays, leaves its caller, and speaks over descriptors that it was started with. */
#ifndef HOLDFAST_STANDING_H
#define HOLDFAST_STANDING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "wire.h"

enum { DESCRIPTORS_MAX = 16 };

/* One that the shim speaks over. */
struct descriptor {
  uint32_t number;
  uint32_t told;   /* messages that were written to it */
  uint32_t heard;  /* bytes that were read from it, an end counted as one */
  uint32_t wanted; /* which of these bytes is waited for; as `heard`: none */
};

/* What is still to be said to the shim. */
struct answer {
  uint16_t type, detail;
  uint32_t body[2];
  uint16_t words;
};

struct standing {
  struct descriptor descriptors[DESCRIPTORS_MAX];
  unsigned count;
  struct answer answers[2 * DESCRIPTORS_MAX + 4];
  unsigned answer_count;
  uint32_t detached; /* our pid, once the caller has another process to wait for */
  int caller;        /* a pipe to that one; -1: it was let go */
};

/* Another connection: what was not answered is asked for again. */
void standing_begin(struct standing *standing);
/* False: it makes no sense. */
bool standing_take(struct standing *standing, const struct packet *packet, size_t body);
/* A descriptor that is waited for, the `index`th; false if there are no more. */
bool standing_waits(const struct standing *standing, unsigned *index, int *fd);
void standing_hear(struct standing *standing, int fd);

#endif
