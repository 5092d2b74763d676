/* Messages on stderr: `NAME: text`. containerd takes stderr for the answer of `start`, so only of what ends it. */
#ifndef HOLDFAST_SAY_H
#define HOLDFAST_SAY_H

/* Of the program, for messages. */
void say_as(const char *name);
__attribute__((format(printf, 1, 2))) void say(const char *format, ...);

#endif
