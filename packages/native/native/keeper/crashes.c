#define _GNU_SOURCE
#include "crashes.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "log.h"
#include "procstat.h"

static const char *file;
static uint32_t deaths;
static int64_t since, last_at, next_at; /* ms since the epoch */
static int last_status;
static bool serving;

static int64_t wall_ms(void) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static bool put(const char *path) {
  char text[512];
  int length = snprintf(text, sizeof text,
                        "{\"schema\":1,\"keeper\":%d,\"keeperStart\":\"%" PRIu64 "\",\"deaths\":%" PRIu32
                        ",\"since\":%" PRId64 ",\"lastAt\":%" PRId64 ",\"lastStatus\":%d,\"nextAt\":%" PRId64
                        ",\"serving\":%s}\n",
                        (int)getpid(), start_time_of(getpid()), deaths, since, last_at, last_status, next_at,
                        serving ? "true" : "false");
  int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (fd < 0) return false;
  bool whole = write(fd, text, (size_t)length) == length;
  if (!whole && errno == 0) errno = ENOSPC;
  close(fd);
  return whole;
}

/* By rename: a reader sees the old state or the new one. An old state that can't be replaced would be a lie. */
static void tell(void) {
  char draft[PATH_MAX];
  if (file == NULL) return;
  int length = snprintf(draft, sizeof draft, "%s.new", file);
  if (length < 0 || (size_t)length >= sizeof draft) return;
  unlink(draft);
  errno = 0;
  if (put(draft) && rename(draft, file) == 0) return;
  log_line("state %s: %s", file, strerror(errno));
  unlink(draft);
  unlink(file);
}

void crashes_init(const char *path) {
  file = path;
  if (file != NULL) unlink(file);
}

void crashes_add(int status, int64_t delay) {
  last_at = wall_ms();
  next_at = last_at + delay;
  last_status = status;
  serving = false;
  if (deaths++ == 0) since = last_at;
  tell();
}

bool crashes_any(void) {
  return deaths > 0;
}

void crashes_serving(void) {
  if (deaths == 0 || serving) return;
  serving = true;
  tell();
}

void crashes_clear(void) {
  if (deaths == 0) return;
  deaths = 0;
  serving = false;
  if (file != NULL) unlink(file);
}
