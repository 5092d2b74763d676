#include "command.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct replaceable {
  struct command command;
  uint8_t *text; /* what the strings lie in; NULL: not to be freed */
};

static struct replaceable current, before, offered;
static uint32_t patience, replacements;
static int failed_status;
static enum replacement outcome;
static char tag[REPLACE_TAG_MAX + 1];

void command_init(char **argv) {
  current.command = (struct command){argv, NULL};
}

const struct command *command_now(void) {
  return &current.command;
}

static void forget(struct replaceable *one) {
  if (one->text != NULL) {
    free(one->command.argv);
    free(one->command.env);
    free(one->text);
  }
  *one = (struct replaceable){0};
}

/* The packet's own bytes are used again by the next one. */
static bool copy_text(struct replaceable *one, struct reader *body) {
  one->text = malloc(body->left + 1);
  if (one->text == NULL) return false;
  memcpy(one->text, body->at, body->left);
  body->at = one->text;
  return true;
}

int command_offer(struct reader *body) {
  struct replaceable fresh = {0};
  if (command_offered() || outcome == ON_TRIAL) return EBUSY;
  if (!copy_text(&fresh, body)) return ENOMEM;
  const char *name = read_str(body);
  uint32_t time = read_u32(body);
  fresh.command.argv = read_strs(body);
  fresh.command.env = read_strs(body);
  if (!read_end(body) || strlen(name) > REPLACE_TAG_MAX || time == 0 || fresh.command.argv[0] == NULL) {
    forget(&fresh);
    return EPROTO;
  }
  strcpy(tag, name);
  outcome = NEVER;
  patience = time;
  offered = fresh;
  return 0;
}

bool command_offered(void) {
  return offered.command.argv != NULL;
}

void command_try(void) {
  before = current;
  current = offered;
  offered = (struct replaceable){0};
  outcome = ON_TRIAL;
}

bool command_on_trial(void) {
  return outcome == ON_TRIAL;
}

uint32_t command_patience(void) {
  return patience;
}

void command_keep(void) {
  forget(&before);
  outcome = SERVES;
  replacements++;
}

void command_go_back(int status) {
  forget(&current);
  current = before;
  before = (struct replaceable){0};
  outcome = FAILED;
  failed_status = status;
}

enum replacement command_outcome(void) {
  return outcome;
}

int command_status(void) {
  return failed_status;
}

const char *command_tag(void) {
  return tag;
}

uint32_t command_replacements(void) {
  return replacements;
}
