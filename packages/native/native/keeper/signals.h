/* TERM, USR1 and CHLD by signalfd; the rest is ignored. */
#ifndef HOLDFAST_SIGNALS_H
#define HOLDFAST_SIGNALS_H

/* Returns -1 with errno. */
int signals_init(void);
void signals_read(void);
/* In a child, before exec: default dispositions and an empty mask. */
void signals_reset(void);

#endif
