/* stdout or stderr of a launcher that streams: what is still to be written never keeps it from anything else. */
#ifndef HOLDFAST_OUTLET_H
#define HOLDFAST_OUTLET_H

#include <stdbool.h>

#include "ring.h"

struct outlet {
  struct ring ring; /* what is not printed yet */
  int fd;
  enum { OUTLET_WHOLE, OUTLET_OWN, OUTLET_SOCKET, OUTLET_CAREFUL } way;
  int failed; /* errno: what comes is dropped */
};

void outlet_open(struct outlet *outlet, int fd);
/* What it has opened for itself is closed: who reads it must see the end. `fd` is another file by now. */
void outlet_let_go(struct outlet *outlet, int fd);
bool outlet_waits(const struct outlet *outlet);
/* Writes what can be written at once. */
void outlet_print(struct outlet *outlet);
/* Takes output from `offset` of the stream on, without what it has already. False if it makes no sense. */
bool outlet_take(struct outlet *outlet, uint64_t offset, const uint8_t *bytes, size_t count);

#endif
