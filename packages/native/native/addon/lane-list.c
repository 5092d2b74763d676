#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lane.h"

static int append_name(struct names *names, const char *name) {
  size_t length = strlen(name) + 1;
  if (names->used + length > names->size) {
    size_t size = names->size == 0 ? 4096 : 2 * names->size;
    if (size > MOST_NAME_BYTES) {
      errno = EFBIG;
      return -1;
    }
    char *bytes = realloc(names->bytes, size);
    if (bytes == NULL) return -1;
    names->bytes = bytes;
    names->size = size;
  }
  memcpy(names->bytes + names->used, name, length);
  names->used += length;
  return 0;
}

static bool is_self_or_parent(const char *name) {
  return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

static int read_names(DIR *directory, struct names *names) {
  for (;;) {
    errno = 0;
    const struct dirent *entry = readdir(directory);
    if (entry == NULL) return errno == 0 ? 0 : -1;
    if (!is_self_or_parent(entry->d_name) && append_name(names, entry->d_name) < 0) return -1;
  }
}

int list_names(struct job *job) {
  int fd = open(job->path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (fd < 0) return -1;
  DIR *directory = fdopendir(fd);
  if (directory == NULL) {
    close(fd);
    return -1;
  }
  int result = read_names(directory, &job->names);
  int error = errno;
  closedir(directory);
  errno = error;
  return result;
}
