/* Datagrams gathered from the caller's buffers. */
#ifndef HOLDFAST_DATAGRAM_H
#define HOLDFAST_DATAGRAM_H

#include <stddef.h>
#include <stdint.h>
#include <sys/uio.h>

#include "addon.h"

/* Most datagrams of one call: a receiver's queue holds 10 to 512 of them. */
enum { RECORD_PARTS = 4, SEND_CHUNK = 64 };

struct slice {
  uint8_t *bytes;
  size_t length;
};

/* Record i: head, fields from field_ends[i - 1] to field_ends[i], data from spans[2i] to spans[2i + 1], tail. */
struct datagrams {
  struct slice head, fields, data, tail;
  uint32_t *field_ends, *spans;
  size_t field_count, span_count;
  uint32_t from, to;
};

/* datagram.c: false with an exception pending. All records lie inside their buffers then. */
bool get_datagrams(napi_env env, napi_value object, struct datagrams *records);
/* Sends up to SEND_CHUNK records from `at` on, without waiting. Returns how many, or -1 with errno. */
int send_datagram_chunk(int fd, const struct datagrams *records, uint32_t at);

/* memory-file.c: sends the parts as one datagram that holds a sealed memfd of them. Returns 0, or -1 with errno. */
int send_in_memory_file(int socket, const struct iovec *parts, int count);

#endif
