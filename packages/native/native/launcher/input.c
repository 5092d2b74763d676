#define _GNU_SOURCE
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "launcher.h"

bool write_all(int fd, const uint8_t *bytes, size_t length) {
  while (length > 0) {
    ssize_t count = write(fd, bytes, length);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return false;
    bytes += count;
    length -= (size_t)count;
  }
  return true;
}

/* containerd gives options to these; for others stdin may be a pipe that nobody ever closes. */
static bool wants_input(const char *kind, char **argv) {
  if (strcmp(kind, "containerd") != 0) return false;
  for (char **argument = argv + 1; *argument != NULL; argument++)
    if (strcmp(*argument, "-info") == 0 || (strcmp(*argument, "start") == 0 && argument[1] == NULL)) return true;
  return false;
}

bool read_input(const char *kind, char **argv, struct input *input) {
  if (input->was_read || !wants_input(kind, argv) || isatty(STDIN_FILENO)) return true;
  input->bytes = malloc(INPUT_MAX + 1);
  if (input->bytes == NULL) return false;
  input->was_read = true;
  for (;;) {
    ssize_t count = read(STDIN_FILENO, input->bytes + input->length, INPUT_MAX + 1 - input->length);
    if (count < 0 && errno == EINTR) continue;
    /* None at all, or one that is no file to read from: nothing was given. */
    if (count < 0) return errno == EBADF || errno == EISDIR;
    if (count == 0) return true;
    input->length += (size_t)count;
    if (input->length > INPUT_MAX) {
      errno = EFBIG;
      return false;
    }
  }
}
