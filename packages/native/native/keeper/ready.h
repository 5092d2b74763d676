/* The one line that the starter waits for. */
#ifndef HOLDFAST_READY_H
#define HOLDFAST_READY_H

void ready_init(int fd);
void ready_ok(void);
/* Tells the starter and ends the process with 1. */
_Noreturn void ready_fail(const char *step, const char *text);
_Noreturn void ready_fail_errno(const char *step, int error);

#endif
