/* Exits that shimd has not acknowledged. */
#ifndef HOLDFAST_EXITS_H
#define HOLDFAST_EXITS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct exit_record {
  struct exit_record *next;
  uint64_t seq;
  pid_t pid;
  uint64_t start_time;
  int status;
  uint64_t time_ns;
  char tag[];
};

/* NULL if there is no memory. */
struct exit_record *exit_new(const char *tag);
/* Numbers the record, stamps it, keeps it, and sends it if a session is open. */
void exit_add(struct exit_record *record);
void exit_ack(uint64_t seq);
bool exits_waiting(void);
/* Sends everything kept, in order. */
void exits_replay(void);

#endif
