/* Packets that wait for room in the control socket. */
#ifndef HOLDFAST_OUTBOX_H
#define HOLDFAST_OUTBOX_H

#include <stdbool.h>

#include "packet.h"

/* Takes `packet`. */
void outbox_put(struct packet *packet);
/* Sends what `fd` takes. Returns 0, or an errno if the connection is broken. */
int outbox_flush(int fd);
bool outbox_empty(void);
void outbox_clear(void);

#endif
