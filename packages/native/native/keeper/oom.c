#include "oom.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

void set_oom_score(int score) {
  int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
  if (fd < 0) return;
  dprintf(fd, "%d", score);
  close(fd);
}
