/* What the file of this program says: whom it speaks for, and what runs in its place. */
#ifndef HOLDFAST_SELF_H
#define HOLDFAST_SELF_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>

#include "wire.h"

struct self {
  char kind[KIND_MAX + 1];
  uint16_t version; /* that it speaks */
  bool says_root;   /* its arguments may: --root */
  /* The Node program beside it, or that of HOLDFAST_LAUNCHER_FALLBACK; empty if its path is too long. */
  char program[PATH_MAX];
};

/* False if /proc does not tell, or the name is too long: `program` is filled in as far as it can be. */
bool self_find(struct self *self);

#endif
