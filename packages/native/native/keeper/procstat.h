/* What /proc knows of processes. */
#ifndef HOLDFAST_PROCSTAT_H
#define HOLDFAST_PROCSTAT_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* Field 22 of /proc/PID/stat; 0 if it cannot be read. Works on zombies. */
uint64_t start_time_of(pid_t pid);
/* Whether a process is a zombie, or its first thread is one; then its wait status. */
bool first_thread_ended(pid_t pid, int *status);
/* Whether a process other than `except` has this one as its parent. True if /proc cannot tell. */
bool has_child_except(pid_t except);

#endif
