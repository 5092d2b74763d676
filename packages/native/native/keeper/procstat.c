#include "procstat.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { STATE_FIELD = 3, PARENT_FIELD = 4, START_FIELD = 22, EXIT_FIELD = 52 };

/* Points `at` what is behind the blank before a field, in `text`. */
static char *find_field(pid_t pid, int field, char *text, size_t size) {
  char path[64];
  snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return NULL;
  ssize_t length = read(fd, text, size - 1);
  close(fd);
  if (length <= 0) return NULL;
  text[length] = '\0';
  /* The command's name may hold blanks and parentheses; nothing after the last one can. */
  char *at = strrchr(text, ')');
  for (int i = STATE_FIELD; at != NULL && i <= field; i++) at = strchr(at + 1, ' ');
  return at == NULL ? NULL : at + 1;
}

static bool read_field(pid_t pid, int field, uint64_t *value) {
  char text[2048], *at = find_field(pid, field, text, sizeof text);
  if (at == NULL) return false;
  *value = strtoull(at, NULL, 10);
  return true;
}

bool first_thread_ended(pid_t pid, int *status) {
  char text[2048], *state = find_field(pid, STATE_FIELD, text, sizeof text);
  uint64_t code = 0;
  if (state == NULL || *state != 'Z' || !read_field(pid, EXIT_FIELD, &code)) return false;
  *status = (int)code;
  return true;
}

uint64_t start_time_of(pid_t pid) {
  uint64_t ticks = 0;
  read_field(pid, START_FIELD, &ticks);
  return ticks;
}

bool has_child_except(pid_t except) {
  DIR *directory = opendir("/proc");
  uint64_t self = (uint64_t)getpid(), parent;
  bool found = false;
  if (directory == NULL) return true;
  for (struct dirent *entry = readdir(directory); entry != NULL && !found; entry = readdir(directory)) {
    pid_t pid = atoi(entry->d_name);
    found = pid > 0 && pid != except && read_field(pid, PARENT_FIELD, &parent) && parent == self;
  }
  closedir(directory);
  return found;
}
