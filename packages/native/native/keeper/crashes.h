/* Deaths of shimd in a row, told in a file for those who find no shimd to ask: docs/keeper-protocol.md. */
#ifndef HOLDFAST_CRASHES_H
#define HOLDFAST_CRASHES_H

#include <stdbool.h>
#include <stdint.h>

/* `path` may be NULL. What another keeper left there is removed. */
void crashes_init(const char *path);
/* shimd has died; it is started again in `delay` ms. */
void crashes_add(int status, int64_t delay);
bool crashes_any(void);
/* A shimd serves. It may die again. */
void crashes_serving(void);
/* They are over. */
void crashes_clear(void);

#endif
