#ifndef HOLDFAST_REQUEST_H
#define HOLDFAST_REQUEST_H

#include <stdbool.h>
#include <stdint.h>

#include "standing.h"
#include "terminal.h"
#include "wire.h"

/* What is asked for, in a file in memory. */
struct request {
  int file; /* -1: not made yet */
  uint32_t length;
  uint32_t input_at;     /* where in it stdin's contents begin */
  uint32_t input_length;
  bool input_read; /* from stdin, which has no more to give */
  bool has_id;
  uint8_t id[ID_SIZE];
};

/* What version 2 says besides. */
struct streamed {
  uint32_t standard; /* bits of the descriptors 0 to 2 that are terminals */
  struct terminal_size size;
  uint32_t inherited; /* descriptors from 3 on */
  uint32_t attempt;   /* 0: the first */
  uint32_t signals;   /* how many have been handled */
  const char *program; /* that Node would run */
  const char *token;
  uint64_t printed[2], received[2]; /* bytes of stdout and stderr */
  uint64_t input;                   /* bytes of stdin that were taken */
  const struct standing *standing;  /* NULL before version 3 */
};

enum request_result {
  REQUEST_MADE,
  REQUEST_IMPOSSIBLE, /* too long, or the system refuses: another program may do better */
  REQUEST_TOO_MUCH    /* on stdin, which was read, and has more */
};

/* Reads stdin to its end. */
enum request_result request_make(struct request *request, const char *kind, char **argv);
/* Reads nothing; in the place of the one before, with the same id. */
enum request_result request_make_streamed(struct request *request, const char *kind, char **argv,
                                          const struct streamed *state);
/* Puts a file with what was read from stdin in its place. False if that can't be done. */
bool request_restore_input(const struct request *request);

#endif
