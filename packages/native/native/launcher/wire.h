/* docs/launcher.md; little-endian, as the machines that this is built for. */
#ifndef HOLDFAST_WIRE_H
#define HOLDFAST_WIRE_H

#include <stdint.h>

#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "the packets are little-endian"
#endif

enum { VERSION = 1, MAGIC = 0x4e4c4648 /* HFLN */ };

/* What the payload may hold. */
enum {
  TEXT_MAX = 256 << 10, /* all texts, with their lengths */
  TEXTS_MAX = 4096,     /* arguments, or variables */
  INPUT_MAX = 1 << 20,
  KIND_MAX = 64,
  ID_SIZE = 16
};

/* The first packet; the payload's file comes with it. */
struct request_header {
  uint32_t magic;
  uint16_t version;
  uint16_t flags;
  uint32_t length;
};

/* What comes back. */
enum packet_type { ACCEPTED = 1, OUT = 2, EXIT = 3, REFUSED = 4 };

struct packet {
  uint16_t type;
  uint16_t detail; /* OUT: 1 or 2; EXIT: the code; REFUSED: why */
  uint64_t offset; /* OUT alone */
  uint8_t bytes[32 << 10];
} __attribute__((packed));

enum { PACKET_HEAD = 4, OUT_HEAD = 12 };

#endif
