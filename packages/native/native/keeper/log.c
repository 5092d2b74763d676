#include "log.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "events.h"

enum { MAX_BYTES = 1024 * 1024, SILENCE = 60000 };

/* O_NONBLOCK: opening a FIFO that someone put there must not wait for a reader. */
static int open_append(const char *path, struct stat *details) {
  int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, 0600);
  if (fd < 0) return -1;
  if (fstat(fd, details) == 0 && S_ISREG(details->st_mode)) return fd;
  close(fd);
  errno = EINVAL;
  return -1;
}

static int rotate(const char *path) {
  char old[PATH_MAX];
  int length = snprintf(old, sizeof old, "%s.1", path);
  if (length < 0 || (size_t)length >= sizeof old) {
    errno = ENAMETOOLONG;
    return -1;
  }
  return rename(path, old);
}

int log_open(const char *path) {
  struct stat details;
  int fd = open_append(path, &details);
  if (fd >= 0 && details.st_size > MAX_BYTES && rotate(path) == 0) {
    close(fd);
    fd = open_append(path, &details);
  }
  if (fd < 0) return errno;
  dup2(fd, STDOUT_FILENO);
  dup2(fd, STDERR_FILENO);
  close(fd);
  return 0;
}

void log_line(const char *format, ...) {
  char text[512], stamp[32] = "";
  struct timespec now;
  struct tm parts;
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(text, sizeof text, format, arguments);
  va_end(arguments);
  clock_gettime(CLOCK_REALTIME, &now);
  if (gmtime_r(&now.tv_sec, &parts) != NULL) strftime(stamp, sizeof stamp, "%Y-%m-%dT%H:%M:%S", &parts);
  dprintf(STDERR_FILENO, "%s.%03ldZ keeper: %s\n", stamp, now.tv_nsec / 1000000, text);
}

bool log_due(int64_t *last) {
  int64_t now = now_ms();
  if (*last != 0 && now - *last < SILENCE) return false;
  *last = now;
  return true;
}
