/* docs/launcher.md; little-endian, as the machines that this is built for. */
#ifndef HOLDFAST_WIRE_H
#define HOLDFAST_WIRE_H

#include <stdint.h>

#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "the packets are little-endian"
#endif

enum { VERSION = 1, STREAMS_VERSION = 2, STANDING_VERSION = 3, MAGIC = 0x4e4c4648 /* HFLN */ };

/* What the payload may hold. */
enum {
  TEXT_MAX = 256 << 10, /* all texts, with their lengths */
  TEXTS_MAX = 4096,     /* arguments, or variables */
  INPUT_MAX = 1 << 20,
  KIND_MAX = 64,
  ID_SIZE = 16,
  TOKEN_MAX = 1024
};

/* The first packet; the payload's file comes with it. */
struct request_header {
  uint32_t magic;
  uint16_t version;
  uint16_t flags;
  uint32_t length;
};

/* What comes back; from TAKEN on since version 2, from TELL on since version 3. */
enum packet_type {
  ACCEPTED = 1,
  OUT = 2,
  EXIT = 3,
  REFUSED = 4,
  TAKEN = 5,
  SIGNALS = 6,
  RAW = 7,
  TOKEN = 8,
  HANDLED = 9,
  INPUT = 10,
  TELL = 11,
  LISTEN = 12,
  DETACH = 13,
  RELEASE = 14,
  CLOSE = 15
};

/* What a launcher of version 2 says after its request, from TOLD on one of version 3. */
enum said_type {
  IN = 101,
  IN_END = 102,
  SIGNAL = 103,
  WINDOW = 104,
  PRINTED = 105,
  UNPRINTABLE = 106,
  TOLD = 107,
  HEARD = 108,
  DETACHED = 109,
  CLOSED = 110
};

enum { PART_MAX = 32 << 10, STREAM_ROOM = 256 << 10 /* bytes on their way, of one stream */ };

struct packet {
  uint16_t type;
  uint16_t detail; /* OUT: 1 or 2; EXIT: the code; REFUSED: why; TELL, LISTEN: a descriptor; RELEASE: 1 keeps stdio; CLOSE: comes back with CLOSED */
  uint64_t offset; /* OUT: of the stream; others' bodies begin here */
  uint8_t bytes[PART_MAX];
} __attribute__((packed));

enum { PACKET_HEAD = 4, OUT_HEAD = 12 };

#endif
