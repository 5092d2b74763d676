/* The log that is stdout and stderr of keeper and shimd. */
#ifndef HOLDFAST_LOG_H
#define HOLDFAST_LOG_H

#include <stdbool.h>
#include <stdint.h>

/* Opens `path`, renaming it first if it is over 1 MiB, as descriptors 1 and 2. Returns an errno. */
int log_open(const char *path);
void log_line(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* Whether to log what can come again and again: once a minute. `last` is 0 at first, and one for each. */
bool log_due(int64_t *last);

#endif
