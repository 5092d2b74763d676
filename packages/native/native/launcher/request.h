#ifndef HOLDFAST_REQUEST_H
#define HOLDFAST_REQUEST_H

#include <stdbool.h>
#include <stdint.h>

/* What is asked for, in a file in memory. */
struct request {
  int file; /* -1: not made yet */
  uint32_t length;
  uint32_t input_at;     /* where in it stdin's contents begin */
  uint32_t input_length;
  bool input_read; /* from stdin, which has no more to give */
};

enum request_result {
  REQUEST_MADE,
  REQUEST_IMPOSSIBLE, /* too long, or the system refuses: another program may do better */
  REQUEST_TOO_MUCH    /* on stdin, which was read, and has more */
};

/* Reads stdin to its end. */
enum request_result request_make(struct request *request, const char *kind, char **argv);
/* Puts a file with what was read from stdin in its place. False if that can't be done. */
bool request_restore_input(const struct request *request);

#endif
