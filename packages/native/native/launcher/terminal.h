/* The caller's terminal, on stdin: raw while shimd says so, and put back however this program ends or stops. */
#ifndef HOLDFAST_TERMINAL_H
#define HOLDFAST_TERMINAL_H

#include <stdbool.h>
#include <stdint.h>

struct terminal_size {
  uint32_t rows, columns; /* 0, 0: there is none */
};

/* Bits of the descriptors 0 to 2 that are terminals. */
uint32_t terminal_standard(void);
/* Of stdout, or else of stdin. */
struct terminal_size terminal_size(void);
/* Takes hold of how it is. */
void terminal_remember(void);
void terminal_set_raw(bool raw);
/* As it was, until terminal_resume. Safe in a signal handler. */
void terminal_restore(void);
void terminal_resume(void);

#endif
