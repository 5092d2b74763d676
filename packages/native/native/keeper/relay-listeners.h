/* Held listeners whose connections are relayed. */
#ifndef HOLDFAST_RELAY_LISTENERS_H
#define HOLDFAST_RELAY_LISTENERS_H

#include <stdint.h>

/* Accepts on `fd`, which is held under `key`, until listener_forget(). Returns an errno. */
int listener_add(int fd, const char *key);
/* Before `fd` is closed. Nothing if it is none. */
void listener_forget(int fd);
/* An event of the listener numbered `number`. */
void listener_ready(uint32_t number);
/* Those that could not accept try again. */
void listeners_resume(void);

#endif
