/* Signals of a launcher that streams: they come as something to read, and nothing is interrupted by them. */
#ifndef HOLDFAST_SIGNALS_H
#define HOLDFAST_SIGNALS_H

#include <stdbool.h>

/* Blocks those that are passed on, WINCH, TSTP and CONT. Returns a descriptor to read them from, or -1. */
int signals_take(void);
/* For a program in our place. */
void signals_give_back(void);
/* The next one that has come, or 0. */
int signals_next(int fd);
/* Does what it does to a program that does not care. */
void signals_default(int signal);
/* Ends this program by it. */
_Noreturn void signals_die(int signal);
/* From now on whatever ends this program puts its terminal back. */
void signals_guard_terminal(void);
/* By which a person wants a program to end. */
bool signals_impatient(int signal);

#endif
