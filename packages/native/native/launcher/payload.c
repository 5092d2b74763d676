#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "launcher.h"

extern char **environ;

/* Only a request that is made anew has another id: one that is sent again must not be carried out again. */
static uint8_t request_id[ID_BYTES];
static bool has_id;

struct text {
  uint8_t *bytes;
  size_t length;
  bool full;
};

static void put(struct text *text, const void *bytes, size_t length) {
  if (text->full || length > TEXT_MAX - text->length) {
    text->full = true;
    return;
  }
  memcpy(text->bytes + text->length, bytes, length);
  text->length += length;
}

static void put_u32(struct text *text, uint32_t value) {
  const uint8_t bytes[] = {(uint8_t)value, (uint8_t)(value >> 8), (uint8_t)(value >> 16), (uint8_t)(value >> 24)};
  put(text, bytes, sizeof bytes);
}

static void put_string(struct text *text, const char *string) {
  size_t length = strlen(string);
  if (length > TEXT_MAX) text->full = true;
  else put_u32(text, (uint32_t)length);
  put(text, string, length);
}

static bool matters(const char *variable) {
  static const char *const names[] = {"TTRPC_ADDRESS=", "GRPC_ADDRESS=", "NAMESPACE=", "MAX_SHIM_VERSION="};
  if (strncmp(variable, "HOLDFAST_", 9) == 0) return strchr(variable, '=') != NULL;
  for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
    if (strncmp(variable, names[i], strlen(names[i])) == 0) return true;
  return false;
}

static void put_strings(struct text *text, char **strings, bool (*wanted)(const char *)) {
  uint32_t count = 0;
  for (char **string = strings; *string != NULL; string++) count += wanted == NULL || wanted(*string);
  put_u32(text, count);
  for (char **string = strings; *string != NULL; string++)
    if (wanted == NULL || wanted(*string)) put_string(text, *string);
}

static bool put_request(struct text *text, const char *kind, char **argv, const struct input *input) {
  char cwd[PATH_MAX];
  if (getcwd(cwd, sizeof cwd) == NULL) return false;
  if (!has_id && getrandom(request_id, sizeof request_id, 0) != sizeof request_id) return false;
  has_id = true;
  mode_t mask = umask(0);
  umask(mask);
  put_string(text, kind);
  put(text, request_id, sizeof request_id);
  put_u32(text, mask);
  put_string(text, cwd);
  put_strings(text, argv, NULL);
  put_strings(text, environ, matters);
  put_u32(text, (uint32_t)input->length);
  errno = text->full ? E2BIG : 0;
  return !text->full;
}

static int sealed_file(const struct text *text, const struct input *input) {
  int fd = memfd_create("holdfast-launch", MFD_CLOEXEC | MFD_ALLOW_SEALING);
  if (fd < 0) return -1;
  if (write_all(fd, text->bytes, text->length) && write_all(fd, input->bytes, input->length) &&
      fcntl(fd, F_ADD_SEALS, F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE) == 0)
    return fd;
  int error = errno;
  close(fd);
  errno = error;
  return -1;
}

int make_payload(const char *kind, char **argv, const struct input *input, uint32_t *length) {
  struct text text = {.bytes = malloc(TEXT_MAX)};
  if (text.bytes == NULL) return -1;
  int fd = put_request(&text, kind, argv, input) ? sealed_file(&text, input) : -1;
  int error = errno;
  *length = (uint32_t)(text.length + input->length);
  free(text.bytes);
  errno = error;
  return fd;
}
