/* The relayed connections. */
#ifndef HOLDFAST_RELAYS_H
#define HOLDFAST_RELAYS_H

#include <stdbool.h>
#include <stdint.h>

/* Takes a connection that came in by the listener `key`. */
void relays_add(int connection, const char *key);
/* Events of the connection numbered `key`. */
void relays_client_ready(uint32_t key, uint32_t events);
void relays_pair_ready(uint32_t key);
/* After HELLO and all that it brings: every connection is told of again. */
void relays_new_session(void);
/* Ends a connection. Returns 0 or ENOENT. */
int relays_end(uint64_t id);
/* Something could not be had: relays_retry() will try again. */
void relays_retry_later(void);
/* To be called between events. Whether to call it again in a while. */
bool relays_retry(void);
/* The keeper leaves: passes on what it can, and closes everything. */
void relays_leave(void);

#endif
