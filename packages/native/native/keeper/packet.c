#include "packet.h"

#include <endian.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { NUMBERS_MAX = 64 };

static uint8_t *read_bytes(struct reader *reader, size_t count) {
  if (reader->bad || count > reader->left) {
    reader->bad = true;
    return NULL;
  }
  uint8_t *bytes = reader->at;
  reader->at += count;
  reader->left -= count;
  return bytes;
}

uint16_t read_u16(struct reader *reader) {
  uint16_t value = 0;
  const uint8_t *bytes = read_bytes(reader, sizeof value);
  if (bytes != NULL) memcpy(&value, bytes, sizeof value);
  return le16toh(value);
}

uint32_t read_u32(struct reader *reader) {
  uint32_t value = 0;
  const uint8_t *bytes = read_bytes(reader, sizeof value);
  if (bytes != NULL) memcpy(&value, bytes, sizeof value);
  return le32toh(value);
}

uint64_t read_u64(struct reader *reader) {
  uint64_t value = 0;
  const uint8_t *bytes = read_bytes(reader, sizeof value);
  if (bytes != NULL) memcpy(&value, bytes, sizeof value);
  return le64toh(value);
}

char *read_str(struct reader *reader) {
  char *text = (char *)reader->at;
  size_t length = read_u32(reader);
  const uint8_t *bytes = read_bytes(reader, length);
  if (bytes == NULL) return NULL;
  if (memchr(bytes, '\0', length) != NULL) {
    reader->bad = true;
    return NULL;
  }
  memmove(text, bytes, length);
  text[length] = '\0';
  return text;
}

char **read_strs(struct reader *reader) {
  size_t count = read_u32(reader);
  /* Each takes 4 bytes at least, which bounds what a lying count can allocate. */
  if (reader->bad || count > reader->left / sizeof(uint32_t)) {
    reader->bad = true;
    return NULL;
  }
  char **texts = calloc(count + 1, sizeof *texts);
  if (texts == NULL) reader->bad = true;
  for (size_t i = 0; i < count && !reader->bad; i++) texts[i] = read_str(reader);
  if (!reader->bad) return texts;
  free(texts);
  return NULL;
}

bool read_end(const struct reader *reader) {
  return !reader->bad && reader->left == 0;
}

struct packet *packet_new(enum reply_type type, uint32_t id, size_t text_length) {
  struct packet *packet = malloc(sizeof *packet + PACKET_HEADER + NUMBERS_MAX + text_length);
  if (packet == NULL) return NULL;
  packet->next = NULL;
  packet->fd = -1;
  packet->owns_fd = false;
  packet->length = 0;
  put_u16(packet, (uint16_t)type);
  put_u16(packet, 0);
  put_u32(packet, id);
  return packet;
}

void packet_free(struct packet *packet) {
  if (packet->owns_fd) close(packet->fd);
  free(packet);
}

void packet_own_fd(struct packet *packet, int fd) {
  packet->fd = fd;
  packet->owns_fd = true;
}

static void put_bytes(struct packet *packet, const void *bytes, size_t count) {
  if (packet == NULL) return;
  memcpy(packet->bytes + packet->length, bytes, count);
  packet->length += count;
}

void put_u16(struct packet *packet, uint16_t value) {
  value = htole16(value);
  put_bytes(packet, &value, sizeof value);
}

void put_u32(struct packet *packet, uint32_t value) {
  value = htole32(value);
  put_bytes(packet, &value, sizeof value);
}

void put_u64(struct packet *packet, uint64_t value) {
  value = htole64(value);
  put_bytes(packet, &value, sizeof value);
}

void put_str(struct packet *packet, const char *text) {
  size_t length = strlen(text);
  put_u32(packet, (uint32_t)length);
  put_bytes(packet, text, length);
}
