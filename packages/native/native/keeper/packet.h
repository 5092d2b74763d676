/* Packets: u16 type, u16 0, u32 request id, body; little-endian. */
#ifndef HOLDFAST_PACKET_H
#define HOLDFAST_PACKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { PACKET_MAX = 65536, PACKET_HEADER = 8, PROTOCOL_VERSION = 4, FIRST_VERSION = 1 };

enum request_type {
  HELLO = 1, SPAWN = 2, ACK = 3, HOLD = 4, DROP = 5, FETCH = 6, QUIT = 7, REPLACE = 8, SERVING = 9,
  ACCEPT = 10, RELAY = 11, UNRELAY = 12
};

enum reply_type {
  WELCOME = 128, CHILD = 129, HELD = 130, READY = 131, EXITED = 132, SPAWNED = 133, OK = 134, ERROR = 135, FD = 136,
  RELAYED = 137
};

/* A body being read. After a step beyond its end `bad` is set, and every later read gives zero or NULL. */
struct reader {
  uint8_t *at;
  size_t left;
  bool bad;
};

uint16_t read_u16(struct reader *reader);
uint32_t read_u32(struct reader *reader);
uint64_t read_u64(struct reader *reader);
/* The string, moved over its own length field to make room for a NUL: it lives as long as the packet. */
char *read_str(struct reader *reader);
/* A NULL-ended array to free(), of strings as above. */
char **read_strs(struct reader *reader);
/* Whether everything was there and nothing is left. */
bool read_end(const struct reader *reader);

/* A packet to be sent. `fd` is -1 for none. */
struct packet {
  struct packet *next;
  int fd;
  bool owns_fd; /* else it is borrowed */
  size_t length;
  uint8_t bytes[];
};

/* Room for a header, numbers and a text of `text_length`. NULL if there is no memory; the put_ functions accept that. */
struct packet *packet_new(enum reply_type type, uint32_t id, size_t text_length);
void packet_free(struct packet *packet);
/* From now on `fd` is sent with it, and closed with it. */
void packet_own_fd(struct packet *packet, int fd);
void put_u16(struct packet *packet, uint16_t value);
void put_u32(struct packet *packet, uint32_t value);
void put_u64(struct packet *packet, uint64_t value);
void put_str(struct packet *packet, const char *text);

#endif
