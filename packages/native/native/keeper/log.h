/* The log that is stdout and stderr of keeper and shimd. */
#ifndef HOLDFAST_LOG_H
#define HOLDFAST_LOG_H

/* Opens `path`, renaming it first if it is over 1 MiB, as descriptors 1 and 2. Returns an errno. */
int log_open(const char *path);
void log_line(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
