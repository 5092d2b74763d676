#define _GNU_SOURCE
#include "request.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "environment.h"
#include "wire.h"

#ifndef MFD_NOEXEC_SEAL
#define MFD_NOEXEC_SEAL 0x0008U
#endif

enum { INPUT_PART = 64 << 10, SEALS = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL };

/* The texts; only the pages that are used cost anything. */
static struct {
  uint8_t bytes[TEXT_MAX];
  size_t length;
  bool full;
} text;

static void put(const void *bytes, size_t count) {
  if (count > sizeof text.bytes - text.length) text.full = true;
  if (text.full) return;
  memcpy(text.bytes + text.length, bytes, count);
  text.length += count;
}

static void put_u32(uint32_t value) {
  put(&value, sizeof value);
}

static void put_text(const char *value) {
  size_t length = strlen(value);
  if (length > TEXT_MAX) text.full = true;
  put_u32((uint32_t)length);
  put(value, length);
}

static void put_texts(char *const *texts, bool (*wanted)(const char *)) {
  uint32_t count = 0;
  for (char *const *one = texts; *one != NULL; one++) count += wanted == NULL || wanted(*one);
  if (count > TEXTS_MAX) text.full = true;
  put_u32(count);
  for (char *const *one = texts; *one != NULL && !text.full; one++)
    if (wanted == NULL || wanted(*one)) put_text(*one);
}

/* False if it is too long, or the directory has gone. */
static bool put_request(struct request *request, const char *kind, char **argv, bool (*wanted)(const char *)) {
  char cwd[PATH_MAX];
  mode_t mask = umask(0);
  umask(mask);
  if (!request->has_id && getrandom(request->id, ID_SIZE, 0) != ID_SIZE) return false;
  request->has_id = true;
  /* A directory out of reach is told as "(unreachable)/…" by the kernel. */
  if (getcwd(cwd, sizeof cwd) == NULL || cwd[0] != '/') return false;
  text.length = 0;
  text.full = false;
  put_text(kind);
  put(request->id, ID_SIZE);
  put_u32(mask);
  put_text(cwd);
  put_texts(argv, NULL);
  put_texts(environ, wanted);
  return !text.full;
}

static int memory_file(void) {
  const unsigned flags = MFD_CLOEXEC | MFD_ALLOW_SEALING;
  int fd = memfd_create("holdfast-launch", flags);
  /* sysctl vm.memfd_noexec=2 */
  return fd < 0 && errno == EACCES ? memfd_create("holdfast-launch", flags | MFD_NOEXEC_SEAL) : fd;
}

static bool write_all(int fd, const void *bytes, size_t count) {
  const uint8_t *at = bytes;
  while (count > 0) {
    ssize_t written = write(fd, at, count);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    at += written;
    count -= (size_t)written;
  }
  return true;
}

/* Waits for a stdin that does not. */
static ssize_t read_input(void *bytes, size_t room) {
  for (;;) {
    ssize_t count = read(STDIN_FILENO, bytes, room);
    if (count >= 0 || (errno != EINTR && errno != EAGAIN)) return count;
    struct pollfd wait = {.fd = STDIN_FILENO, .events = POLLIN};
    if (errno == EAGAIN) poll(&wait, 1, -1);
  }
}

static enum request_result copy_input(struct request *request) {
  static uint8_t part[INPUT_PART];
  if (isatty(STDIN_FILENO)) return REQUEST_MADE;
  for (;;) {
    ssize_t count = read_input(part, sizeof part);
    if (count == 0) return REQUEST_MADE;
    /* A directory, for one: whoever runs in our place gets the same error. */
    if (count < 0) return REQUEST_IMPOSSIBLE;
    request->input_read = true;
    /* All that was read is kept: it may have to be given back. */
    if (!write_all(request->file, part, (size_t)count)) return REQUEST_TOO_MUCH;
    request->input_length += (uint32_t)count;
    if (request->input_length > INPUT_MAX) return REQUEST_TOO_MUCH;
  }
}

static bool seal(struct request *request) {
  uint32_t length = request->input_length;
  if (pwrite(request->file, &length, sizeof length, request->input_at - (off_t)sizeof length) != sizeof length)
    return false;
  request->length = request->input_at + length;
  return fcntl(request->file, F_ADD_SEALS, SEALS) == 0;
}

enum request_result request_make(struct request *request, const char *kind, char **argv) {
  if (!put_request(request, kind, argv, environment_wants)) return REQUEST_IMPOSSIBLE;
  put_u32(0); /* of the input; see seal() */
  if (text.full) return REQUEST_IMPOSSIBLE;
  request->file = memory_file();
  if (request->file < 0 || !write_all(request->file, text.bytes, text.length)) return REQUEST_IMPOSSIBLE;
  request->input_at = (uint32_t)text.length;
  enum request_result result = copy_input(request);
  if (result != REQUEST_MADE) return result;
  return seal(request) ? REQUEST_MADE : REQUEST_IMPOSSIBLE;
}

/* Tells that program from any other, an older or newer one too; empty if it is not there. */
static void put_mark(const char *program) {
  char mark[128] = "";
  struct stat details;
  if (stat(program, &details) == 0)
    snprintf(mark, sizeof mark, "%ju:%ju:%jd:%jd", (uintmax_t)details.st_dev, (uintmax_t)details.st_ino,
             (intmax_t)details.st_size,
             (intmax_t)details.st_mtim.tv_sec * 1000000000 + (intmax_t)details.st_mtim.tv_nsec);
  put_text(mark);
}

static void put_standing(const struct standing *standing) {
  put_u32(standing->detached);
  put_u32(standing->count);
  for (unsigned i = 0; i < standing->count; i++) {
    put_u32(standing->descriptors[i].number);
    put_u32(standing->descriptors[i].told);
    put_u32(standing->descriptors[i].heard);
  }
}

static void put_state(const struct streamed *state) {
  put_u32(state->standard);
  put(&state->size, sizeof state->size);
  put_u32(state->inherited);
  put_u32(state->attempt);
  put_u32(state->signals);
  put_mark(state->program);
  put_text(state->token);
  for (int i = 0; i < 2; i++) {
    put(&state->printed[i], sizeof state->printed[i]);
    put(&state->received[i], sizeof state->received[i]);
  }
  put(&state->input, sizeof state->input);
  if (state->standing != NULL) put_standing(state->standing);
}

enum request_result request_make_streamed(struct request *request, const char *kind, char **argv,
                                          const struct streamed *state) {
  if (request->file >= 0) close(request->file);
  request->file = -1;
  bool (*wanted)(const char *) = state->standing == NULL ? environment_wants_streamed : environment_wants_standing;
  if (!put_request(request, kind, argv, wanted)) return REQUEST_IMPOSSIBLE;
  put_u32(0); /* of input: it is streamed */
  put_state(state);
  if (text.full) return REQUEST_IMPOSSIBLE;
  request->file = memory_file();
  if (request->file < 0 || !write_all(request->file, text.bytes, text.length)) return REQUEST_IMPOSSIBLE;
  request->length = (uint32_t)text.length;
  return fcntl(request->file, F_ADD_SEALS, SEALS) == 0 ? REQUEST_MADE : REQUEST_IMPOSSIBLE;
}

bool request_restore_input(const struct request *request) {
  static uint8_t part[INPUT_PART];
  int fd = memory_file();
  if (fd < 0) return false;
  for (uint32_t at = 0; at < request->input_length;) {
    size_t room = request->input_length - at < sizeof part ? request->input_length - at : sizeof part;
    ssize_t count = pread(request->file, part, room, (off_t)request->input_at + at);
    if (count <= 0 || !write_all(fd, part, (size_t)count)) return false;
    at += (uint32_t)count;
  }
  return lseek(fd, 0, SEEK_SET) == 0 && dup2(fd, STDIN_FILENO) == STDIN_FILENO;
}
