/* What the keeper runs as shimd, and what is to take its place. */
#ifndef HOLDFAST_COMMAND_H
#define HOLDFAST_COMMAND_H

#include <stdbool.h>
#include <stdint.h>

#include "packet.h"

enum { REPLACE_TAG_MAX = 255 };

/* How the last REPLACE went. */
enum replacement { NEVER = 0, ON_TRIAL = 1, SERVES = 2, FAILED = 3 };

struct command {
  char **argv;
  char **env; /* NULL: the keeper's own */
};

/* That of the keeper's own arguments. */
void command_init(char **argv);
/* What is to be run now. */
const struct command *command_now(void);

/* Reads the body of a REPLACE and keeps the command for the next start. Returns an errno. */
int command_offer(struct reader *body);
/* A command was offered and has not been tried. */
bool command_offered(void);
/* From now on the offered command is the one to run, on trial. */
void command_try(void);
bool command_on_trial(void);
/* ms that the one on trial has until it must serve. */
uint32_t command_patience(void);
/* The trial is over: the one before is forgotten, or taken up again. */
void command_keep(void);
void command_go_back(int status);

enum replacement command_outcome(void);
/* Of the one that failed. */
int command_status(void);
const char *command_tag(void);
/* How many replacements serve or have served. */
uint32_t command_replacements(void);

#endif
