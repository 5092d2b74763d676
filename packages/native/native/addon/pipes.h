/* What lanes share with the functions on pipes. */
#ifndef HOLDFAST_PIPES_H
#define HOLDFAST_PIPES_H

#include <stddef.h>
#include <stdint.h>

/* Empties `wanted` bytes out of a pipe that holds at least as many. Returns an errno. */
int read_all(int fd, uint8_t *bytes, size_t wanted);
/* Consumes exactly so many bytes; -1 with errno, ENODATA if there are fewer. */
int discard_bytes(int fd, size_t bytes);

#endif
